import type { Logger } from 'pino';
import type { AppConfig } from '../config/app-config.js';
import { EmbeddedPostgres } from './embedded/embedded-postgres.js';

/** The server that this process works with. */
export interface DatabaseServer {
  readonly url: string;
  /** To be called when nobody uses it any more. */
  stop(): Promise<void>;
}

/**
 * The server named by DATABASE_URL, or the embedded one.
 *
 * @throws StartupError
 */
export async function openDatabaseServer(
  config: AppConfig,
  logger: Logger,
  options: { readonly stop: AbortSignal; readonly onDatabaseLost: (reason: string) => void },
): Promise<DatabaseServer> {
  if (config.database.url !== null) return { url: config.database.url, stop: () => Promise.resolve() };
  return EmbeddedPostgres.start({
    dataDir: config.dataDir,
    log: (message, fields) => {
      logger.debug({ caller: 'embedded-postgres', ...fields }, message);
    },
    signal: options.stop,
    onExit: options.onDatabaseLost,
  });
}
