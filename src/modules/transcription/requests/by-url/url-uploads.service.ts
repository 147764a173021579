import type { Readable } from 'node:stream';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { AppError } from '../../../../platform/errors/app-error.js';
import { GuardedFetch, type FetchedFile } from '../../../../platform/net/guarded-fetch.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { ownedBy } from '../../../auth/access/ownership.policy.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import { IdempotencyService } from '../../../auth/idempotency/idempotency.service.js';
import { UsageService } from '../../../jobs/usage/usage.service.js';
import { StorageRoomService } from '../../../uploads/room/storage-room.service.js';
import { UploadLeases } from '../../../uploads/sessions/upload-leases.service.js';
import { UploadReceiverService } from '../../../uploads/sessions/upload-receiver.service.js';
import type { UploadSessionView } from '../../../uploads/sessions/upload-session.view.js';
import { UploadSessionsService } from '../../../uploads/sessions/upload-sessions.service.js';
import { toStoredFilename } from '../stored-filename.js';
import { TranscriptionRequestService, type TranscriptionOrder } from '../transcription-request.service.js';
import { UploadFinisherService } from '../upload-finisher.service.js';
import { toUploadOptions } from '../upload-options.js';

export interface FileElsewhere {
  readonly url: string;
  readonly filename: string | null;
  readonly order: TranscriptionOrder;
}

/** Fetches recordings from addresses that clients give. The addresses are not kept: they may hold secrets. */
@Injectable()
export class UrlUploadsService implements OnModuleDestroy {
  private readonly logger = new Logger(UrlUploadsService.name);
  /** Of files whose other side is asked for, or that are on their way. */
  private readonly stops = new Set<AbortController>();
  private readonly running = new Set<Promise<unknown>>();
  /** Owners of uploads that are no sessions yet: the other side has not answered. */
  private readonly opening: string[] = [];

  constructor(
    private readonly fetch: GuardedFetch,
    private readonly sessions: UploadSessionsService,
    private readonly receiver: UploadReceiverService,
    private readonly leases: UploadLeases,
    private readonly finisher: UploadFinisherService,
    private readonly requests: TranscriptionRequestService,
    private readonly room: StorageRoomService,
    private readonly usage: UsageService,
    private readonly idempotency: IdempotencyService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  async onModuleDestroy(): Promise<void> {
    for (const stop of this.stops) stop.abort(interrupted());
    await Promise.allSettled(this.running);
  }

  /**
   * Resolves when the other side has begun to answer; the file itself comes afterwards.
   *
   * @throws AppError as GuardedFetch.open, UploadSessionsService.begin and TranscriptionRequestService.resolveOptions do; url_interrupted
   *   when the service stops meanwhile
   */
  async begin(actor: KnownActor, { url, filename, order }: FileElsewhere): Promise<UploadSessionView> {
    const { createdEarlier } = this.idempotency;
    // It is not fetched twice: what became of the first time is told, whatever that is.
    if (createdEarlier !== null) return this.sessions.get(actor.principal, createdEarlier, 'url');
    await this.requests.resolveOptions(actor.principal, order);
    await this.usage.assertRoom(actor.principal);
    await this.room.assertFits(actor.principal, null);
    const stop = new AbortController();
    this.stops.add(stop);
    try {
      return await this.track(this.open(actor, { url, filename, order }, stop));
    } catch (error) {
      this.stops.delete(stop);
      throw error;
    }
  }

  private async open(
    actor: KnownActor,
    { url, filename, order }: FileElsewhere,
    stop: AbortController,
  ): Promise<UploadSessionView> {
    const file = await this.openCounted(actor.principal, url, stop.signal);
    try {
      const session = await this.sessions.begin(actor, {
        door: 'url',
        originalFilename: toStoredFilename(filename ?? file.filename ?? ''),
        sizeBytes: file.sizeBytes,
        options: toUploadOptions(order),
      });
      const received = this.receive(actor, session, file, stop);
      void this.track(received.finally(() => this.stops.delete(stop)));
      return session;
    } catch (error) {
      file.bytes.destroy();
      throw error;
    }
  }

  /** Counts as an upload before there is a connection, so that there are no more of them than of uploads. */
  private async openCounted(principal: Principal, url: string, signal: AbortSignal): Promise<FetchedFile> {
    const { ownerId } = ownedBy(principal);
    this.opening.push(ownerId);
    try {
      const others = this.opening.filter((owner) => owner === ownerId).length - 1;
      await this.sessions.assertMayBegin(principal, others);
      return await this.fetch.open(url, { signal, maxBytes: this.config.uploads.maxBytes });
    } finally {
      this.opening.splice(this.opening.indexOf(ownerId), 1);
    }
  }

  /** The service does not stop before it has ended. */
  private track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.running.delete(tracked));
    this.running.add(tracked);
    return tracked;
  }

  /** Never rejects: what goes wrong is the outcome of the session. */
  private async receive(
    actor: KnownActor,
    session: UploadSessionView,
    { bytes, sizeBytes }: FetchedFile,
    stop: AbortController,
  ): Promise<void> {
    const { id } = session;
    try {
      const onGone = (): void => {
        stop.abort(interrupted());
      };
      const rules = { check: wholeOnly(bytes) };
      const arrival = { bytes, offset: 0, announcedBytes: sizeBytes, rules, onGone };
      await this.leases.hold(id, 0, () => this.receiver.append(session, arrival));
      await this.finisher.finishOrLeave(id, actor);
    } catch (error) {
      bytes.destroy();
      await this.fail(id, error);
    }
  }

  private async fail(id: string, error: unknown): Promise<void> {
    const reason = error instanceof AppError ? error : internal(error);
    this.logger.warn('A recording could not be fetched', { upload_id: id, reason: reason.code });
    await this.sessions.fail(id, reason).catch((cause: unknown) => {
      this.logger.warn('The end of an upload could not be noted', { upload_id: id, err: cause });
    });
  }
}

/** A file that broke off is no shorter file. */
function wholeOnly(bytes: Readable): { see(): void; judge(): void } {
  return {
    see: () => undefined,
    judge: () => {
      if (bytes.errored !== null) throw bytes.errored;
      if (!bytes.readableEnded) throw interrupted();
    },
  };
}

function interrupted(): AppError {
  return new AppError('url_interrupted', 'Fetching the file was broken off. Ask for it again.');
}

function internal(cause: unknown): AppError {
  return new AppError('internal_error', 'Something went wrong inside the service.', { cause });
}
