import { Global, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { APP_CONFIG, type AppConfig } from '../config/app-config.js';
import { connectRedis } from './redis-connection.js';

/** The connection to the Redis server of the settings; null without one. */
export const REDIS = Symbol('Redis');

/** A server that hangs must not hold up the requests that ask it. */
const COMMAND_TIMEOUT_MS = 250;

@Global()
@Module({
  providers: [{ provide: REDIS, inject: [APP_CONFIG], useFactory: openRedis }],
  exports: [REDIS],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(@Inject(REDIS) private readonly redis: Redis | null) {}

  onApplicationShutdown(): void {
    this.redis?.disconnect();
  }
}

function openRedis({ redis: settings }: AppConfig): Redis | null {
  if (settings.url === null) return null;
  const redis = connectRedis(settings, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
  });
  tellOfOutages(redis);
  return redis;
}

/** Once when it goes and once when it is back; the client tells of every attempt. */
function tellOfOutages(redis: Redis): void {
  const logger = new Logger(RedisModule.name);
  let away = false;
  redis.on('error', (error: Error & { code?: string }) => {
    // The message names hosts, and of a wrong password it says enough by its code.
    if (!away) logger.warn('Redis cannot be reached', { code: error.code ?? error.name });
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.log('Redis is back');
    away = false;
  });
}
