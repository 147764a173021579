import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { StartupError } from '../errors/startup-error.js';
import { isSettingName } from './app-config.js';
import type { Environment } from './setting.js';

/** Compose reads the same file (docs/docker.md): these are for its other containers, and nothing to the service. */
const OF_COMPOSE: ReadonlySet<string> = new Set([
  'POSTGRES_PASSWORD',
  'GRAFANA_ADMIN_PASSWORD',
  'BIND_ADDRESS',
  'IMAGE',
  'BUILD_VERSION',
  'BUILD_SHA',
  'BUILD_DATE',
]);

/**
 * The variables of the process; outside production also those of a `.env` file, where a variable of the process wins.
 *
 * @throws StartupError when `.env` names a variable that does not exist, which is most often a slip of the pen
 */
export function readEnvironment(envFile = '.env'): Environment {
  if (process.env['NODE_ENV'] === 'production' || !existsSync(envFile)) return process.env;
  const fromFile = parseEnv(readFileSync(envFile, 'utf8'));
  if (fromFile['NODE_ENV'] === 'production') {
    throw new StartupError(
      `${envFile} cannot switch to production: there the service reads only its environment.`,
    );
  }
  const unknown = Object.keys(fromFile).filter((name) => !isSettingName(name) && !OF_COMPOSE.has(name));
  if (unknown.length > 0) {
    throw new StartupError(
      `${envFile} sets variables that do not exist: ${unknown.join(', ')}. env.template lists all.`,
    );
  }
  return { ...fromFile, ...process.env };
}
