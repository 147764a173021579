import { startApi } from './api.bootstrap.js';
import { loadAppConfig } from './platform/config/app-config.js';
import { readEnvironment } from './platform/config/environment.js';
import { StartupError } from './platform/errors/startup-error.js';
import { createRootLogger } from './platform/logging/root-logger.js';
import { closeOnSignal } from './platform/runtime/close-on-signal.js';
import { renderWelcome } from './welcome.js';

try {
  const config = loadAppConfig(readEnvironment(), process.stdout.isTTY);
  const logger = createRootLogger(config.logging);
  for (const name of config.reservedInUse) logger.warn(`${name} is set, but has no effect in this version`);
  const api = await startApi(config, logger, (reason) => {
    logger.fatal({ context: { reason } }, 'The embedded database is lost; stopping');
    process.exit(1);
  });
  closeOnSignal(api, config.shutdownGraceMs, (message) => {
    logger.info(message);
  });
  logger.info({ url: api.url }, 'Service ready');
  // Not to stdout, where every line is a log entry.
  if (!config.production) process.stderr.write(renderWelcome(api.url));
} catch (error) {
  const text =
    error instanceof StartupError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
