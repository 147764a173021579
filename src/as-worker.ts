import type { AppConfig } from './platform/config/app-config.js';
import { StartupError } from './platform/errors/startup-error.js';

/**
 * The settings of the service as a process takes them that is a worker and nothing else.
 *
 * @throws StartupError without a database that several processes can use
 */
export function asWorker(config: AppConfig): AppConfig {
  const { database, http, worker } = config;
  if (database.url === null)
    throw new StartupError(
      'A worker process needs the PostgreSQL server of the service: set DATABASE_URL. The embedded database serves one process only, which has a worker of its own.',
    );
  return {
    ...config,
    http: { ...http, port: worker.port },
    worker: { ...worker, embedded: true },
    // Nobody sends it anything that could go elsewhere.
    shutdownDrainMs: 0,
  };
}
