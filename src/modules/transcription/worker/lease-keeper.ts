import { Logger } from '@nestjs/common';
import type { ClaimsService } from '../../jobs/claims.service.js';
import type { JobClaim } from '../../jobs/job.view.js';

const TICK_MS = 250;
/** Ticks after which a beat is due although nothing moved. */
const IDLE_TICKS = 20;

/** Keeps a claim alive while its job is worked on, and writes how far the work is. */
export class LeaseKeeper {
  private readonly logger = new Logger(LeaseKeeper.name);
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private beating = false;
  private idleTicks = 0;
  private position = 0;
  private written = 0;

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

  noteProgress(seconds: number): void {
    this.position = seconds;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async tick(): Promise<void> {
    this.idleTicks += 1;
    if (this.beating || (this.position === this.written && this.idleTicks < IDLE_TICKS)) return;
    this.beating = true;
    try {
      const { position } = this;
      if (!(await this.claims.heartbeat(this.claim, position))) this.controller.abort();
      this.written = position;
      this.idleTicks = 0;
    } catch (error) {
      // The lease outlives a few lost beats; whether the job is still ours, the last write tells.
      this.logger.warn('A heartbeat could not be written', { job_id: this.claim.job.id, err: error });
    } finally {
      this.beating = false;
    }
  }
}
