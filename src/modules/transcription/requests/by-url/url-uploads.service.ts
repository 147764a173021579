import type { Readable } from 'node:stream';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { AppError } from '../../../../platform/errors/app-error.js';
import { GuardedFetch, type FetchedFile } from '../../../../platform/net/guarded-fetch.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
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
  private readonly running = new Map<Promise<void>, AbortController>();

  constructor(
    private readonly fetch: GuardedFetch,
    private readonly sessions: UploadSessionsService,
    private readonly receiver: UploadReceiverService,
    private readonly leases: UploadLeases,
    private readonly finisher: UploadFinisherService,
    private readonly requests: TranscriptionRequestService,
    private readonly room: StorageRoomService,
    private readonly usage: UsageService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  async onModuleDestroy(): Promise<void> {
    for (const stop of this.running.values()) stop.abort(interrupted());
    await Promise.all(this.running.keys());
  }

  /**
   * Resolves when the other side has begun to answer; the file itself comes afterwards.
   *
   * @throws AppError as GuardedFetch.open, UploadSessionsService.begin and TranscriptionRequestService.resolveOptions do
   */
  async begin(actor: KnownActor, { url, filename, order }: FileElsewhere): Promise<UploadSessionView> {
    await this.requests.resolveOptions(actor.principal, order);
    await this.usage.assertRoom(actor.principal);
    await this.room.assertFits(actor.principal, null);
    const stop = new AbortController();
    const file = await this.fetch.open(url, { signal: stop.signal, maxBytes: this.config.uploads.maxBytes });
    try {
      const session = await this.sessions.begin(actor, {
        door: 'url',
        originalFilename: toStoredFilename(filename ?? file.filename ?? ''),
        sizeBytes: file.sizeBytes,
        options: toUploadOptions(order),
      });
      this.run(actor, session.id, file, stop);
      return session;
    } catch (error) {
      file.bytes.destroy();
      throw error;
    }
  }

  private run(actor: KnownActor, id: string, file: FetchedFile, stop: AbortController): void {
    const work = this.receive(actor, id, file, stop).finally(() => this.running.delete(work));
    this.running.set(work, stop);
  }

  /** Never rejects: what goes wrong is the outcome of the session. */
  private async receive(
    actor: KnownActor,
    id: string,
    { bytes }: FetchedFile,
    stop: AbortController,
  ): Promise<void> {
    try {
      await this.leases.hold(id, 0, async () => {
        const rules = { check: wholeOnly(bytes) };
        await this.receiver.append(id, bytes, rules, () => {
          stop.abort(interrupted());
        });
      });
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
