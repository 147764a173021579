import { Logger } from '@nestjs/common';

/** What can hang. */
interface Stoppable {
  giveUp(): void;
}

/** Ends an engine that takes longer for one step than any step takes. */
export class StallLimit {
  private readonly logger = new Logger(StallLimit.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly limitMs: number,
    private readonly engine: Stoppable,
    private readonly complaint = 'The engine does not get on and is replaced',
  ) {
    this.restart();
  }

  /** A step is done. */
  restart(): void {
    this.end();
    this.timer = setTimeout(() => {
      this.logger.error(this.complaint);
      this.engine.giveUp();
    }, this.limitMs);
    this.timer.unref();
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
