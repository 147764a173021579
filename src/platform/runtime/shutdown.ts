import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Tells everybody that the service is on its way out: at first those who send it requests, then those who work on them. */
@Injectable()
export class Shutdown implements OnModuleDestroy {
  private readonly controller = new AbortController();
  private announced = false;

  /** Whether new requests should go elsewhere. Those that come all the same are served as ever until it stops. */
  get leaving(): boolean {
    return this.announced || this.draining;
  }

  /** Trips as soon as the service begins to stop. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get draining(): boolean {
    return this.controller.signal.aborted;
  }

  leave(): void {
    this.announced = true;
  }

  onModuleDestroy(): void {
    this.controller.abort();
  }
}
