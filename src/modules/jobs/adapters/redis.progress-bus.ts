import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { JobNews, ProgressBus } from '../progress-bus.port.js';

/** After one unreadable message is told of, for so long no other is. */
const COMPLAINT_PAUSE_MS = 60_000;

/** What goes through Redis; `from` is the process that said it. */
interface Telling {
  readonly from: string;
  /** Of the job, or of the owner. */
  readonly jobId: string;
  readonly news: JobNews;
}

/** Tells all processes on one Redis. Those of this process hear at once and whether Redis is there or not; what others missed they find by looking. */
export class RedisProgressBus implements ProgressBus, OnApplicationShutdown {
  private readonly logger = new Logger(RedisProgressBus.name);
  private readonly subscriber: Redis;
  private readonly channel: string;
  private complainedAt = -Infinity;

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
    // Channels know no databases: another installation may use another one of this server.
    this.channel = `whisper:${redis.options.db ?? 0}:job-news`;
    this.subscriber = redis.duplicate({ maxRetriesPerRequest: null });
    // Told of by the other connection.
    this.subscriber.on('error', () => undefined);
    this.subscriber.on('ready', () => void this.subscriber.subscribe(this.channel).catch(() => undefined));
    this.subscriber.on('message', (_channel: string, message: string) => {
      this.hear(message);
    });
  }

  publish(id: string, news: JobNews): void {
    this.local.publish(id, news);
    // Old news are of no use to anybody: none is kept for when Redis is back.
    if (this.redis.status !== 'ready') return;
    const telling: Telling = { from: this.processId, jobId: id, news };
    this.redis.publish(this.channel, JSON.stringify(telling)).catch(() => undefined);
  }

  subscribe(id: string, listener: (news: JobNews) => void): () => void {
    return this.local.subscribe(id, listener);
  }

  onApplicationShutdown(): void {
    this.subscriber.disconnect();
  }

  private hear(message: string): void {
    const telling = read(message);
    if (telling === null) this.complain();
    else if (telling.from !== this.processId) this.local.publish(telling.jobId, telling.news);
  }

  private complain(): void {
    const now = performance.now();
    if (now - this.complainedAt < COMPLAINT_PAUSE_MS) return;
    this.complainedAt = now;
    this.logger.warn('Somebody else writes into the channel of job news; it is ignored');
  }
}

/** Whoever reaches the server may write anything; null for what no process of this service has written. */
function read(message: string): Telling | null {
  try {
    const { from, jobId, news } = JSON.parse(message) as Partial<Telling>;
    const known = news === 'status' || news === 'progress';
    return typeof from === 'string' && typeof jobId === 'string' && known ? { from, jobId, news } : null;
  } catch {
    return null;
  }
}
