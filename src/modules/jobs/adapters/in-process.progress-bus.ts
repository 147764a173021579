import { EventEmitter } from 'node:events';
import type { ProgressBus } from '../progress-bus.port.js';

/** Enough as long as API and worker are one process. */
export class InProcessProgressBus implements ProgressBus {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  publish(jobId: string): void {
    this.emitter.emit(jobId);
  }

  subscribe(jobId: string, listener: () => void): () => void {
    this.emitter.on(jobId, listener);
    return () => {
      this.emitter.off(jobId, listener);
    };
  }
}
