import { Logger } from '@nestjs/common';
import type { ClaimsService } from '../../jobs/claims.service.js';
import type { JobClaim, JobProgress } from '../../jobs/job.view.js';

const TICK_MS = 250;
/** Ticks after which a beat is due although nothing moved, and after one that failed. */
const IDLE_TICKS = 20;
const RETRY_TICKS = 4;

/** Keeps a claim alive while its job is worked on, and writes how far the work is. */
export class LeaseKeeper {
  private readonly logger = new Logger(LeaseKeeper.name);
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private beating = false;
  private failing = false;
  private idleTicks = 0;
  private progress: JobProgress = { stage: 'probing', processedSeconds: 0, speed: null };
  private written: JobProgress | null = null;

  constructor(
    private readonly claim: JobClaim,
    private readonly claims: ClaimsService,
  ) {
    this.timer = setInterval(() => void this.tick(), TICK_MS);
  }

  /** Trips when the job was given to somebody else. */
  get lost(): AbortSignal {
    return this.controller.signal;
  }

  note(progress: JobProgress): void {
    this.progress = progress;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async tick(): Promise<void> {
    this.idleTicks += 1;
    const dueAfter = this.failing ? RETRY_TICKS : IDLE_TICKS;
    const moved = this.progress !== this.written && !this.failing;
    if (this.beating || (!moved && this.idleTicks < dueAfter)) return;
    this.beating = true;
    this.idleTicks = 0;
    try {
      const { progress } = this;
      if (!(await this.claims.heartbeat(this.claim, progress))) this.controller.abort();
      this.written = progress;
      this.failing = false;
    } catch (error) {
      // The lease outlives a few lost beats; whether the job is still ours, the last write tells.
      if (!this.failing)
        this.logger.warn('Heartbeats cannot be written', { job_id: this.claim.job.id, err: error });
      this.failing = true;
    } finally {
      this.beating = false;
    }
  }
}
