import type { AppConfig } from '../../platform/config/app-config.js';
import type { DatabaseServer } from '../../platform/database/database-server.js';
import { EmbeddedPostgres } from '../../platform/database/embedded/embedded-postgres.js';
import { findRunningServer, hasEmbeddedDatabase } from '../../platform/database/embedded/running-server.js';
import { StartupError } from '../../platform/errors/startup-error.js';
import { BackupProblem, EXIT } from './backup-problem.js';

const NOTHING_TO_STOP = (): Promise<void> => Promise.resolve();

/**
 * The database to be backed up, whether its service runs or not.
 *
 * @throws BackupProblem, StartupError
 */
export async function openForBackup(
  { database, dataDir }: AppConfig,
  stop: AbortSignal,
): Promise<DatabaseServer> {
  if (database.url !== null) return { url: database.url, stop: NOTHING_TO_STOP };
  if (!(await hasEmbeddedDatabase(dataDir)))
    throw new BackupProblem(
      EXIT.failed,
      `There is no database in ${dataDir}. Check DATA_DIR and DATABASE_URL.`,
    );
  const running = await findRunningServer(dataDir);
  if (running !== null) return { url: running, stop: NOTHING_TO_STOP };
  try {
    return await EmbeddedPostgres.start({ dataDir, signal: stop });
  } catch (error) {
    // A service that is started at this moment.
    const started = error instanceof StartupError ? await findRunningServer(dataDir) : null;
    if (started === null) throw error;
    return { url: started, stop: NOTHING_TO_STOP };
  }
}

/**
 * The database to restore into; the embedded one is made where there is none, and is nobody else's meanwhile.
 *
 * @throws StartupError
 */
export function openForRestore({ database, dataDir }: AppConfig, stop: AbortSignal): Promise<DatabaseServer> {
  if (database.url !== null) return Promise.resolve({ url: database.url, stop: NOTHING_TO_STOP });
  return EmbeddedPostgres.start({ dataDir, signal: stop });
}
