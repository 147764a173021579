import { Injectable } from '@nestjs/common';

/** Wakes the relay of this process when something was written that it is to tell. Losing a ring only delays that. */
@Injectable()
export class OutboxBell {
  private listener: () => void = () => undefined;

  ring(): void {
    this.listener();
  }

  onRing(listener: () => void): void {
    this.listener = listener;
  }
}
