import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Tells everybody that the service is on its way out. */
@Injectable()
export class Shutdown implements OnModuleDestroy {
  private readonly controller = new AbortController();

  /** Trips as soon as the service begins to stop. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get draining(): boolean {
    return this.controller.signal.aborted;
  }

  onModuleDestroy(): void {
    this.controller.abort();
  }
}
