import { Logger } from '@nestjs/common';
import type { EngineProcess } from './engine-process.js';

/** Ends an engine that takes longer for one step than any step takes. */
export class StallLimit {
  private readonly logger = new Logger(StallLimit.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limitMs: number,
    private readonly engine: EngineProcess,
  ) {
    this.restart();
  }

  /** A step is done. */
  restart(): void {
    this.end();
    this.timer = setTimeout(() => {
      this.logger.error('The engine does not get on and is replaced');
      this.engine.giveUp();
    }, this.limitMs);
    this.timer.unref();
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
