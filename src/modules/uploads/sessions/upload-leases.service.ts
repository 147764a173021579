import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { UploadSessionsRepository } from './upload-sessions.repository.js';

/** How long a session stays closed after its process was killed. */
const LEASE_SECONDS = 5;
const RENEW_MS = 1000;
const RETRY_MS = 100;
const RETRY_AFTER_SECONDS = 2;

export interface UploadLease {
  release(): Promise<void>;
}

interface HeldLease {
  readonly sessionId: string;
  readonly onWanted: () => void;
}

/**
 * Lets one request at a time append to a session or assemble it, whichever process it reached. Leases go by the clock of the database.
 * A request that waits asks the holder to stop, as a client comes back over a new connection while the old one is not known to be dead.
 */
@Injectable()
export class UploadLeases implements OnModuleDestroy {
  private readonly logger = new Logger(UploadLeases.name);
  private readonly held = new Map<string, HeldLease>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sessions: UploadSessionsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
  ) {}

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /**
   * @param onWanted called when somebody else waits for the lease, or when it was lost: stop, then release
   * @throws AppError upload_locked when nobody gives it up; the reason of the signal
   */
  async acquire(
    sessionId: string,
    onWanted: () => void,
    { waitMs, signal }: { readonly waitMs: number; readonly signal?: AbortSignal },
  ): Promise<UploadLease> {
    const token = this.ids.next();
    const attempts = Math.ceil(waitMs / RETRY_MS);
    for (let attempt = 0; ; attempt += 1) {
      signal?.throwIfAborted();
      if (await this.unitOfWork.read(() => this.sessions.takeLease(sessionId, token, LEASE_SECONDS))) break;
      if (attempt >= attempts) throw uploadLocked();
      await this.ask(sessionId);
      await sleep(RETRY_MS);
    }
    this.held.set(token, { sessionId, onWanted });
    this.timer ??= this.beginRenewing();
    return { release: () => this.release(token) };
  }

  /** Runs `work` under the lease. */
  async hold<T>(sessionId: string, waitMs: number, work: (wanted: AbortSignal) => Promise<T>): Promise<T> {
    const wanted = new AbortController();
    const onWanted = (): void => {
      wanted.abort();
    };
    const lease = await this.acquire(sessionId, onWanted, { waitMs });
    try {
      return await work(wanted.signal);
    } finally {
      await lease.release();
    }
  }

  private async ask(sessionId: string): Promise<void> {
    const here = [...this.held.values()].filter((lease) => lease.sessionId === sessionId);
    if (here.length === 0) await this.unitOfWork.read(() => this.sessions.askForLease(sessionId));
    for (const { onWanted } of here) onWanted();
  }

  /** One that cannot be given back runs out by itself. */
  private async release(token: string): Promise<void> {
    this.held.delete(token);
    try {
      await this.unitOfWork.read(() => this.sessions.giveLease(token));
    } catch (error) {
      this.logger.warn('The lease of an upload could not be given back', { err: error });
    }
  }

  private beginRenewing(): NodeJS.Timeout {
    const timer = setInterval(() => void this.renew(), RENEW_MS);
    timer.unref();
    return timer;
  }

  private async renew(): Promise<void> {
    const tokens = [...this.held.keys()];
    if (tokens.length === 0) return;
    try {
      const renew = (): Promise<ReadonlyMap<string, boolean>> =>
        this.sessions.renewLeases(tokens, LEASE_SECONDS);
      const kept = await this.unitOfWork.read(renew);
      for (const token of tokens) if (kept.get(token) !== false) this.held.get(token)?.onWanted();
    } catch (error) {
      this.logger.warn('The leases of uploads could not be renewed', { err: error });
    }
  }
}

function uploadLocked(): AppError {
  return new AppError('upload_locked', 'Another request is working on this upload. Try again shortly.', {
    retryAfter: RETRY_AFTER_SECONDS,
  });
}
