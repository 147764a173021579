import { Redis, type RedisOptions } from 'ioredis';
import type { AppConfig } from '../config/app-config.js';

const CONNECT_TIMEOUT_MS = 2000;
/** The client waits for so long for the other side to close, also where the connection was lost before: the process would not end. */
const DISCONNECT_TIMEOUT_MS = 200;

/**
 * Connects in the background and for as long as it takes: what uses Redis has to live with its absence.
 *
 * @throws Error when the settings name no server
 */
export function connectRedis({ url, password }: AppConfig['redis'], options: RedisOptions): Redis {
  if (url === null) throw new Error('There is no Redis to connect to');
  return new Redis(url, {
    ...(password === null ? {} : { password }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    ...options,
  });
}
