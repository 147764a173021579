import { EventEmitter } from 'node:events';
import type { JobNews, ProgressBus } from '../progress-bus.port.js';

/** Enough as long as API and worker are one process. */
export class InProcessProgressBus implements ProgressBus {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  publish(id: string, news: JobNews): void {
    this.emitter.emit(id, news);
  }

  subscribe(id: string, listener: (news: JobNews) => void): () => void {
    this.emitter.on(id, listener);
    return () => {
      this.emitter.off(id, listener);
    };
  }
}
