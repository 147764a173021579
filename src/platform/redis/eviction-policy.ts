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
  const policy = await readPolicy(redis, logger);
  if (policy !== null && policy !== KEEPS_ALL)
    throw new StartupError(
      `Redis throws keys away when it is full (maxmemory-policy ${policy}), and the queue is kept there. Set its maxmemory-policy to ${KEEPS_ALL}, or QUEUE_DRIVER=embedded.`,
    );
}

/** Null when it cannot be read. */
async function readPolicy(redis: AppConfig['redis'], logger: Logger): Promise<string | null> {
  const client = connectRedis(redis, {
    commandTimeout: ANSWER_LIMIT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    lazyConnect: true,
  });
  // What is wrong is told by the call that fails.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const answer = (await client.config('GET', 'maxmemory-policy')) as readonly string[];
    return answer[1] ?? null;
  } catch (error) {
    logger.warn(
      { code: codeOf(error) },
      `Redis does not say whether it keeps all keys: its maxmemory-policy has to be ${KEEPS_ALL}`,
    );
    return null;
  } finally {
    client.disconnect();
  }
}
