import { endWithFailure } from './end-with-failure.js';
import { loadAppConfig } from './platform/config/app-config.js';
import { readEnvironment } from './platform/config/environment.js';
import { migrateUnderLock } from './platform/database/migrate-under-lock.js';
import { StartupError } from './platform/errors/startup-error.js';
import { createRootLogger } from './platform/logging/root-logger.js';

/** Brings the schema of a PostgreSQL server up to date and ends: what every process does at its start, ahead of all of them. */
async function migrate(): Promise<void> {
  const config = loadAppConfig(readEnvironment(), process.stdout.isTTY);
  if (config.database.url === null)
    throw new StartupError('Set DATABASE_URL: the embedded database is migrated by the service itself.');
  const logger = createRootLogger(config.logging);
  await migrateUnderLock(config.database.url, {
    onWait: (message) => {
      logger.warn(message);
    },
  });
  logger.info('The database is up to date');
}

migrate().catch(endWithFailure);
