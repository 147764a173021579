import { Logger } from '@nestjs/common';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { EngineProcess } from './engine-process.js';
import { StallLimit } from './stall-limit.js';

/** An engine that has transcribed something within this time works. */
const INTERVAL_MS = 60_000;
/** A trial that takes longer casts doubt on the engine … */
const PATIENCE_MS = 5000;
/** … and one that takes so long ends it, also on a machine that is busy. */
const LIMIT_MS = 30_000;

/** Finds out whether an idle engine can still transcribe, by having it do so: one that hangs must not look healthy. */
export class EngineTrial {
  private readonly logger = new Logger(EngineTrial.name);
  /** On the clock of `performance`; null until it has. */
  private workedAt: number | null = null;
  private startedAt = 0;
  private running: Promise<void> | null = null;

  constructor(private readonly engine: EngineProcess) {}

  noteWork(): void {
    this.workedAt = performance.now();
  }

  /**
   * Begins a trial where one is due; the answer does not wait for it.
   *
   * @throws AppError service_unavailable when the engine has never worked, or is at a trial for longer than it should
   */
  assertWorks(): void {
    const now = performance.now();
    if (this.workedAt !== null && now - this.workedAt < INTERVAL_MS) return;
    this.begin();
    if (this.workedAt === null || now - this.startedAt > PATIENCE_MS)
      throw new AppError('service_unavailable', 'The engine is being tried out.');
  }

  /** Fulfilled when no trial is under way. */
  async end(): Promise<void> {
    await this.running;
  }

  private begin(): void {
    if (this.running !== null) return;
    this.startedAt = performance.now();
    this.running = this.transcribeTone()
      .catch((error: unknown) => {
        this.logger.error('The engine failed its trial and is replaced', { err: error });
        this.engine.giveUp();
      })
      .finally(() => {
        this.running = null;
      });
  }

  private async transcribeTone(): Promise<void> {
    const limit = new StallLimit(LIMIT_MS, this.engine);
    try {
      const messages = this.engine.messages();
      this.engine.send({ type: 'try' });
      for await (const message of messages) {
        if (message.type === 'failed') throw new Error(message.diagnostics);
        if (message.type !== 'tried') continue;
        this.noteWork();
        return;
      }
    } finally {
      limit.end();
    }
  }
}
