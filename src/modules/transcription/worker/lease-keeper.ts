import { Logger } from '@nestjs/common';
import type { ClaimsService } from '../../jobs/claims.service.js';
import type { JobClaim, JobProgress } from '../../jobs/job.view.js';
import { Speedometer } from './speedometer.js';

const TICK_MS = 250;
/** Ticks after which a beat is due although nothing moved, so that a worker hears soon that it is to stop; and after one that failed. */
const IDLE_TICKS = 3;
const RETRY_TICKS = 4;

/** Keeps a claim alive while its job is worked on, and writes how far the work is. */
export class LeaseKeeper {
  private readonly logger = new Logger(LeaseKeeper.name);
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly unsubscribe: () => void;
  private beating = false;
  private failing = false;
  private idleTicks = 0;
  private speedometer: Speedometer | undefined;
  private current: JobProgress;
  private written: JobProgress;

  constructor(
    private readonly claim: JobClaim,
    private readonly claims: ClaimsService,
  ) {
    this.current = { stage: 'probing', processedSeconds: claim.job.processedSeconds, speed: null };
    // By the claim itself.
    this.written = this.current;
    this.timer = setInterval(() => void this.tick(), TICK_MS);
    this.unsubscribe = claims.onStatusNews(claim, () => void this.beat());
  }

  /** Trips when the job is no longer this worker's: it was cancelled, deleted, or given to somebody else. */
  get lost(): AbortSignal {
    return this.controller.signal;
  }

  get progress(): JobProgress {
    return { ...this.current, speed: this.speedometer?.read() ?? null };
  }

  note(progress: Partial<Pick<JobProgress, 'stage' | 'processedSeconds'>>): void {
    const { stage = this.current.stage } = progress;
    if (stage !== this.current.stage) this.logger.debug('Job stage', { job_id: this.claim.job.id, stage });
    this.current = { ...this.current, ...progress };
    this.speedometer?.advance(this.current.processedSeconds);
  }

  /** From here on the speed is told. */
  startTranscribing(): void {
    this.speedometer = new Speedometer(this.current.processedSeconds);
    this.note({ stage: 'transcribing' });
  }

  /** The text is there; the recording is gone through once more, at another speed. */
  startDiarizing(): void {
    this.speedometer = new Speedometer(0);
    this.note({ stage: 'diarizing', processedSeconds: 0 });
  }

  /** Somebody else wrote it, which prolonged the lease too: no beat has to write it again. */
  noteWritten(progress: JobProgress): void {
    this.written = progress;
    this.idleTicks = 0;
  }

  /** Somebody else found that the claim was lost. */
  giveUp(): void {
    this.controller.abort();
  }

  /** The same where nothing can be gone on with; throws the reason of `lost`. */
  breakOff(): never {
    this.giveUp();
    throw this.lost.reason;
  }

  stop(): void {
    clearInterval(this.timer);
    this.unsubscribe();
  }

  private get hasMoved(): boolean {
    const { stage, processedSeconds } = this.written;
    return stage !== this.current.stage || processedSeconds !== this.current.processedSeconds;
  }

  private async tick(): Promise<void> {
    this.idleTicks += 1;
    const dueAfter = this.failing ? RETRY_TICKS : IDLE_TICKS;
    if ((this.hasMoved && !this.failing) || this.idleTicks >= dueAfter) await this.beat();
  }

  private async beat(): Promise<void> {
    if (this.beating) return;
    this.beating = true;
    this.idleTicks = 0;
    try {
      const { current } = this;
      if (!(await this.claims.heartbeat(this.claim, this.progress))) this.controller.abort();
      this.written = current;
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
