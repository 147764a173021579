import type { QueueOptions } from 'bull';
import type { Redis } from 'ioredis';
import type { AppConfig } from '../../../platform/config/app-config.js';
import { connectRedis } from '../../../platform/redis/redis-connection.js';

const PREFIX = 'whisper:queue';
/** A server that hangs must not hold up whoever calls workers. */
const COMMAND_TIMEOUT_MS = 2000;
/** Renewed at half of it. After that the call of a worker that is lost comes again; what it worked on goes by the lease of the job. */
const LOCK_MS = 60_000;
const STALLED_INTERVAL_MS = 30_000;
const MAX_STALLED_COUNT = 3;
/** Until a worker asks again that Redis failed. */
const RETRY_PAUSE_MS = 1000;

/** The connections of one Bull queue, which leaves those open that it did not make itself. */
export class CallConnections {
  private readonly opened: Redis[] = [];

  constructor(private readonly redis: AppConfig['redis']) {}

  /** @param type `client` sends commands; the others wait for calls and for news, and do so for as long as it takes */
  open(type: 'client' | 'subscriber' | 'bclient'): Redis {
    const connection = connectRedis(
      this.redis,
      type === 'client'
        ? { maxRetriesPerRequest: 1, commandTimeout: COMMAND_TIMEOUT_MS }
        : { maxRetriesPerRequest: null, enableReadyCheck: false },
    );
    this.opened.push(connection);
    return connection;
  }

  close(): void {
    for (const connection of this.opened) connection.disconnect();
  }
}

export function callQueueOptions(connections: CallConnections): QueueOptions {
  return {
    prefix: PREFIX,
    createClient: (type) => connections.open(type),
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    settings: {
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_INTERVAL_MS,
      maxStalledCount: MAX_STALLED_COUNT,
      retryProcessDelay: RETRY_PAUSE_MS,
    },
  };
}
