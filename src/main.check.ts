import { asWorker } from './as-worker.js';
import { endWithFailure } from './end-with-failure.js';
import { loadAppConfig } from './platform/config/app-config.js';
import { readEnvironment } from './platform/config/environment.js';
import { createRootLogger } from './platform/logging/root-logger.js';

/**
 * Checks the settings as the service takes them, or with the argument "worker" as a worker process does, and ends: for the scripts that
 * start either, so that there is one set of rules.
 */
try {
  const config = loadAppConfig(readEnvironment(), process.stdout.isTTY);
  const { logging } = process.argv.includes('worker') ? asWorker(config) : config;
  createRootLogger(logging).info('The configuration is valid');
} catch (error) {
  endWithFailure(error);
}
