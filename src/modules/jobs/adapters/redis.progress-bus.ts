import type { OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { JobNews, ProgressBus } from '../progress-bus.port.js';

const CHANNEL = 'whisper:job-news';

/** What goes through Redis; `from` is the process that said it. */
interface Telling {
  readonly from: string;
  /** Of the job, or of the owner. */
  readonly jobId: string;
  readonly news: JobNews;
}

/** Tells all processes on one Redis. Those of this process hear at once and whether Redis is there or not; what others missed they find by looking. */
export class RedisProgressBus implements ProgressBus, OnApplicationShutdown {
  private readonly subscriber: Redis;

  /**
   * @param redis to publish on; a connection that listens can do nothing else, so another one is made for that
   * @param local who is to be told in this process
   * @param processId tells what this process said from what others say
   */
  constructor(
    private readonly redis: Redis,
    private readonly local: ProgressBus,
    private readonly processId: string,
  ) {
    this.subscriber = redis.duplicate({ maxRetriesPerRequest: null });
    // Told of by the other connection.
    this.subscriber.on('error', () => undefined);
    this.subscriber.on('ready', () => void this.subscriber.subscribe(CHANNEL).catch(() => undefined));
    this.subscriber.on('message', (_channel: string, message: string) => {
      this.hear(message);
    });
  }

  publish(id: string, news: JobNews): void {
    this.local.publish(id, news);
    // Old news are of no use to anybody: none is kept for when Redis is back.
    if (this.redis.status !== 'ready') return;
    const telling: Telling = { from: this.processId, jobId: id, news };
    this.redis.publish(CHANNEL, JSON.stringify(telling)).catch(() => undefined);
  }

  subscribe(id: string, listener: (news: JobNews) => void): () => void {
    return this.local.subscribe(id, listener);
  }

  onApplicationShutdown(): void {
    this.subscriber.disconnect();
  }

  private hear(message: string): void {
    const { from, jobId, news } = JSON.parse(message) as Telling;
    if (from !== this.processId) this.local.publish(jobId, news);
  }
}
