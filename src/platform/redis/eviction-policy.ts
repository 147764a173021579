import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { AppConfig } from '../config/app-config.js';
import { StartupError } from '../errors/startup-error.js';
import { codeOf } from '../runtime/system-calls.js';
import { connectRedis } from './redis-connection.js';

const ANSWER_LIMIT_MS = 2000;
const KEEPS_ALL = 'noeviction';

/**
 * A Redis that throws keys away when it is full would throw away a part of the queue. One that is away, or does not tell, is only warned
 * of: the service starts without it.
 *
 * @throws StartupError when the server is set to throw keys away
 */
export async function assertKeepsAllKeys({ queue, redis }: AppConfig, logger: Logger): Promise<void> {
  if (queue.driver !== 'bull') return;
  const client = connectRedis(redis, {
    commandTimeout: ANSWER_LIMIT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    lazyConnect: true,
  });
  // What is wrong is told by the call that fails.
  client.on('error', () => undefined);
  const fault = await client
    .connect()
    .then(() => findEvictionFault(client))
    .catch((error: unknown) => {
      logger.warn(
        { code: codeOf(error) },
        `Redis does not say whether it keeps all keys: its maxmemory-policy has to be ${KEEPS_ALL}`,
      );
      return null;
    })
    .finally(() => {
      client.disconnect();
    });
  if (fault !== null) throw new StartupError(fault);
}

/**
 * What is wrong with a server that is set to throw keys away; null when it keeps all.
 *
 * @throws when it is away, or does not tell
 */
export async function findEvictionFault(client: Redis): Promise<string | null> {
  const [, policy = KEEPS_ALL] = (await client.config('GET', 'maxmemory-policy')) as readonly string[];
  return policy === KEEPS_ALL
    ? null
    : `Redis throws keys away when it is full (maxmemory-policy ${policy}), and the queue is kept there. Set its maxmemory-policy to ${KEEPS_ALL}, or QUEUE_DRIVER=embedded.`;
}
