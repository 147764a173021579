import { EventEmitter } from 'node:events';
import type { JobNews, ProgressBus } from '../progress-bus.port.js';

/** Enough as long as API and worker are one process. */
export class InProcessProgressBus implements ProgressBus {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  publish(jobId: string, news: JobNews): void {
    this.emitter.emit(jobId, news);
  }

  subscribe(jobId: string, listener: (news: JobNews) => void): () => void {
    this.emitter.on(jobId, listener);
    return () => {
      this.emitter.off(jobId, listener);
    };
  }
}
