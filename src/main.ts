import { once } from 'node:events';
import { startApi } from './api.bootstrap.js';
import { loadAppConfig } from './platform/config/app-config.js';
import { readEnvironment } from './platform/config/environment.js';
import { StartupError } from './platform/errors/startup-error.js';
import { createRootLogger } from './platform/logging/root-logger.js';
import { stopSignal } from './platform/runtime/stop-signal.js';
import { renderWelcome } from './welcome.js';

async function main(): Promise<void> {
  const config = loadAppConfig(readEnvironment(), process.stdout.isTTY);
  const logger = createRootLogger(config.logging);
  if (config.metrics.adminToken === null)
    logger.warn('ADMIN_METRICS_TOKEN is not set: /admin/uploads/metrics gives no figures');
  if (config.http.publicUrl !== null && config.http.trustProxy === null)
    logger.warn(
      'PUBLIC_URL is set but TRUST_PROXY is not: all that comes through the proxy counts as one address',
    );
  const stop = stopSignal(config.shutdownGraceMs, (message) => {
    logger.info(message);
  });
  const api = await startApi(config, logger, {
    stop,
    onDatabaseLost: (reason) => {
      logger.fatal({ reason }, 'The embedded database is lost; stopping');
      process.exit(1);
    },
  }).catch((error: unknown) => {
    // Told to stop while it was starting: what had been started is stopped by now.
    if (stop.aborted) return null;
    throw error;
  });
  if (api === null) return;
  logger.info({ url: api.url }, 'Service ready');
  // Not to stdout, where every line is a log entry.
  if (!config.production)
    process.stderr.write(renderWelcome(api.url, config.auth.anonymousLocal, api.generatedPassword));
  if (!stop.aborted) await once(stop, 'abort');
  await api.close();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const unexpected = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${error instanceof StartupError ? error.message : unexpected}\n`);
    process.exit(1);
  },
);
