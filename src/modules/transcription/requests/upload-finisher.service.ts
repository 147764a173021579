import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../../../platform/errors/app-error.js';
import type { ErrorKind } from '../../../platform/errors/error-codes.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { UsageService } from '../../jobs/usage/usage.service.js';
import { UploadAssemblerService } from '../../uploads/sessions/upload-assembler.service.js';
import { UploadLeases } from '../../uploads/sessions/upload-leases.service.js';
import type { UploadSessionView } from '../../uploads/sessions/upload-session.view.js';
import { UploadReceiverService } from '../../uploads/sessions/upload-receiver.service.js';
import { UploadSessionsService } from '../../uploads/sessions/upload-sessions.service.js';
import { TranscriptionRequestService } from './transcription-request.service.js';

const WAIT_FOR_LEASE_MS = 15_000;

/** What does not change by trying again: the file or its options are wrong, or not for this user. */
const LASTING: ReadonlySet<ErrorKind> = new Set([
  'malformed',
  'invalid',
  'forbidden',
  'unsupported_type',
  'too_large',
]);

/** Makes a job of an upload that has all its bytes. */
@Injectable()
export class UploadFinisherService {
  private readonly logger = new Logger(UploadFinisherService.name);

  constructor(
    private readonly sessions: UploadSessionsService,
    private readonly receiver: UploadReceiverService,
    private readonly assembler: UploadAssemblerService,
    private readonly leases: UploadLeases,
    private readonly usage: UsageService,
    private readonly requests: TranscriptionRequestService,
  ) {}

  /**
   * Once, however often and by however many it is called. The caller has seen that the session is complete and whose it is.
   *
   * @param actor who asks for it now; null: the service itself, for whom began it
   * @throws AppError what is wrong with the file, then the session has failed; whatever keeps it from being accepted now, such as
   *   too_many_active_jobs or storage_full: then it is tried again later, by the client or by UploadRecoveryService
   */
  async finish(sessionId: string, actor: KnownActor | null): Promise<void> {
    await this.leases.hold(sessionId, WAIT_FOR_LEASE_MS, async () => {
      await this.receiver.recover(sessionId);
      const begun = await this.sessions.beginAssembly(sessionId);
      if (begun === null) return;
      try {
        await this.accept(begun.session, actor ?? begun.actor);
      } catch (error) {
        if (isLasting(error)) await this.sessions.fail(sessionId, error);
        else
          await this.sessions.noteWaiting(
            sessionId,
            error instanceof AppError ? error.code : 'internal_error',
          );
        throw error;
      }
    });
  }

  /**
   * The same for those who cannot ask again: what keeps an upload from being accepted now is left to UploadRecoveryService.
   *
   * @throws AppError what is wrong with the file
   */
  async finishOrLeave(sessionId: string, actor: KnownActor): Promise<void> {
    try {
      await this.finish(sessionId, actor);
    } catch (error) {
      if (isLasting(error)) throw error;
      const reason = error instanceof AppError ? { reason: error.code } : { err: error };
      this.logger.warn('An upload waits to be finished', { upload_id: sessionId, ...reason });
    }
  }

  private async accept(session: UploadSessionView, actor: KnownActor): Promise<void> {
    await this.usage.assertRoom(actor.principal);
    const options = await this.requests.resolveOptions(actor.principal, session.options);
    const file = await this.assembler.assemble(session);
    await this.requests.submit(actor, file, session.originalFilename, options, (outcome) =>
      this.sessions.complete(session.id, outcome, file),
    );
    this.logger.log('Upload completed', { upload_id: session.id, door: session.door });
  }
}

/** A limit that says nothing of when to come again is one that waiting does not help against. */
function isLasting(error: unknown): error is AppError {
  if (!(error instanceof AppError)) return false;
  const isBeyondLimits = error.kind === 'rate_limited' && error.retryAfter === undefined;
  return isBeyondLimits || LASTING.has(error.kind);
}
