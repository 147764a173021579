import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { JobNews, ProgressBus } from '../progress-bus.port.js';

/** After one unreadable message is told of, for so long no other is. */
const COMPLAINT_PAUSE_MS = 60_000;

const NEWS: readonly JobNews[] = ['status', 'progress'];

/** What goes through Redis: ids of the jobs and owners that there are news of. `from` is the process that said it. */
type Telling = { readonly from: string } & Readonly<Record<JobNews, readonly string[]>>;

/** Tells all processes on one Redis. Those of this process hear at once and whether Redis is there or not; what others missed they find by looking. */
export class RedisProgressBus implements ProgressBus, OnApplicationShutdown {
  private readonly logger = new Logger(RedisProgressBus.name);
  private readonly subscriber: Redis;
  private readonly channel: string;
  private readonly untold: Record<JobNews, Set<string>> = { status: new Set(), progress: new Set() };
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
    const { status, progress } = this.untold;
    if (status.size + progress.size === 0)
      setImmediate(() => {
        this.tell();
      });
    this.untold[news].add(id);
  }

  subscribe(id: string, listener: (news: JobNews) => void): () => void {
    return this.local.subscribe(id, listener);
  }

  onApplicationShutdown(): void {
    this.subscriber.disconnect();
  }

  /** What is said at one time goes in one message: each one costs all processes the same, whatever is in it. */
  private tell(): void {
    const { status, progress } = this.untold;
    const telling: Telling = { from: this.processId, status: [...status], progress: [...progress] };
    status.clear();
    progress.clear();
    // Old news are of no use to anybody: none is kept for when Redis is back.
    if (this.redis.status !== 'ready') return;
    this.redis.publish(this.channel, JSON.stringify(telling)).catch(() => undefined);
  }

  private hear(message: string): void {
    const telling = read(message);
    if (telling === null) {
      this.complain();
      return;
    }
    if (telling.from === this.processId) return;
    for (const news of NEWS) for (const id of telling[news]) this.local.publish(id, news);
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
    const telling = JSON.parse(message) as Partial<Telling>;
    const isKnown = typeof telling.from === 'string' && NEWS.every((news) => isTexts(telling[news]));
    return isKnown ? (telling as Telling) : null;
  } catch {
    return null;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
