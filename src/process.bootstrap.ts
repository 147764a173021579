import { setTimeout as delay } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { DynamicModule } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { NativeLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import type { ProcessSurroundings } from './foundation.js';
import type { AppConfig } from './platform/config/app-config.js';
import { completeSecrets } from './platform/config/generated-secrets.js';
import { openDatabaseServer, type DatabaseServer } from './platform/database/database-server.js';
import { migrateUnderLock } from './platform/database/migrate-under-lock.js';
import { StartupError } from './platform/errors/startup-error.js';
import { configureHttp } from './platform/http/configure-http.js';
import { assertKeepsAllKeys } from './platform/redis/eviction-policy.js';
import { prepareDataFolder } from './platform/runtime/data-folder.js';
import { Shutdown } from './platform/runtime/shutdown.js';
import { codeOf } from './platform/runtime/system-calls.js';

export interface RunningProcess {
  readonly app: NestExpressApplication;
  /** Where it listens. */
  readonly url: string;
  close(): Promise<void>;
}

export interface StartOptions {
  /** Breaks the start off; what was started by then is stopped again. */
  readonly stop: AbortSignal;
  /** Called when the embedded server is gone for good. */
  readonly onDatabaseLost: (reason: string) => void;
}

/** What one kind of process has of its own. */
export interface ProcessKind {
  readonly module: (surroundings: ProcessSurroundings) => DynamicModule;
  /** The setting that names its port. */
  readonly portSetting: 'PORT' | 'WORKER_PORT';
  readonly configure: (app: NestExpressApplication) => void;
}

/**
 * Starts a process of the service: database, schema, application, in this order. What was started is stopped again when a later step fails.
 *
 * @throws StartupError
 */
export async function startProcess(
  kind: ProcessKind,
  config: AppConfig,
  logger: Logger,
  options: StartOptions,
): Promise<RunningProcess> {
  await prepareDataFolder(config.dataDir);
  await assertKeepsAllKeys(config, logger);
  const database = await openDatabaseServer(config, logger, options);
  try {
    await migrateUnderLock(database.url, {
      onWait: (message) => {
        logger.warn(message);
      },
    });
    options.stop.throwIfAborted();
    const surroundings = { config: await completeSecrets(config), databaseUrl: database.url, logger };
    const app = await createApp(kind, surroundings);
    try {
      await listen(app, config, kind.portSetting);
    } catch (error) {
      await app.close();
      throw error;
    }
    const close = async (): Promise<void> => {
      await drain(app.get(Shutdown), config.shutdownDrainMs);
      await closeBoth(app, database);
    };
    return { app, url: listeningAddress(app, config), close };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Everything goes on until nobody sends requests any more: what stands before the service finds out by asking. */
async function drain(shutdown: Shutdown, ms: number): Promise<void> {
  shutdown.leave();
  await delay(ms);
}

/** The database last, whatever becomes of the rest: left alone it would outlive the process. */
async function closeBoth(app: NestExpressApplication, database: DatabaseServer): Promise<void> {
  try {
    await app.close();
  } finally {
    await database.stop();
  }
}

async function createApp(
  { module, configure }: ProcessKind,
  surroundings: ProcessSurroundings,
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(module(surroundings), {
    bufferLogs: true,
    // Bodies are read behind the guards, see BodyInterceptor.
    bodyParser: false,
    abortOnError: false,
    // An open stream must not hold up the end.
    forceCloseConnections: true,
  });
  app.useLogger(app.get(NativeLogger));
  configureHttp(app, surroundings.config);
  configure(app);
  return app;
}

async function listen(
  app: NestExpressApplication,
  { http }: AppConfig,
  portSetting: ProcessKind['portSetting'],
): Promise<void> {
  try {
    await app.listen(http.port, http.host);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EADDRINUSE')
      throw new StartupError(
        `Port ${http.port} on ${http.host} is taken. Set ${portSetting} to another one.`,
        {
          cause: error,
        },
      );
    if (code === 'EACCES')
      throw new StartupError(
        `Port ${http.port} needs more rights than this user has. Set ${portSetting} to 1024 or more.`,
        { cause: error },
      );
    if (code === 'EADDRNOTAVAIL')
      throw new StartupError(`This machine has no address ${http.host}. Check HOST.`, { cause: error });
    throw error;
  }
}

function listeningAddress(app: NestExpressApplication, { http }: AppConfig): string {
  const address: unknown = app.getHttpServer().address();
  const port =
    typeof address === 'object' && address !== null && 'port' in address
      ? String(address.port)
      : String(http.port);
  return `http://${http.host.includes(':') ? `[${http.host}]` : http.host}:${port}`;
}
