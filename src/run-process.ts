import { once } from 'node:events';
import type { Logger } from 'pino';
import { endWithFailure } from './end-with-failure.js';
import { loadAppConfig, type AppConfig } from './platform/config/app-config.js';
import { readEnvironment } from './platform/config/environment.js';
import { createRootLogger } from './platform/logging/root-logger.js';
import { SERVICE_VERSION } from './platform/runtime/service-version.js';
import { stopSignal } from './platform/runtime/stop-signal.js';
import { startTracing } from './platform/tracing/start-tracing.js';
import { startProcess, type ProcessKind, type RunningProcess } from './process.bootstrap.js';

export interface ProcessPlan {
  readonly kind: ProcessKind;
  /** The settings as this kind of process takes them. */
  readonly adapt: (config: AppConfig) => AppConfig;
  /** Says what is odd about the settings. */
  readonly warn: (config: AppConfig, logger: Logger) => void;
  readonly onReady: (running: RunningProcess, config: AppConfig) => void;
}

/** Runs a process of the service from its settings to its end, and ends with the exit code that says how it went. */
export function runProcess(plan: ProcessPlan): void {
  run(plan).then(() => process.exit(0), endWithFailure);
}

async function run({ kind, adapt, warn, onReady }: ProcessPlan): Promise<void> {
  const config = adapt(loadAppConfig(readEnvironment(), process.stdout.isTTY));
  const logger = createRootLogger(config.logging);
  warn(config, logger);
  const tracing = await startTracing(config.tracing, SERVICE_VERSION, tellOnce(logger));
  const stop = stopSignal(config.shutdownDrainMs + config.shutdownGraceMs, (message) => {
    logger.info(message);
  });
  const running = await startProcess(kind, config, logger, {
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
  if (running === null) return;
  logger.info({ url: running.url }, 'Service ready');
  onReady(running, config);
  if (!stop.aborted) await once(stop, 'abort');
  await running.close();
  await tracing.stop();
}

/** A collector that is away fails every second. */
function tellOnce(logger: Logger): (reason: string) => void {
  let isTold = false;
  return (reason) => {
    if (!isTold) logger.warn(reason);
    isTold = true;
  };
}
