import { PinoLogger } from 'nestjs-pino';
import { pino, type LogFn, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { AppConfig } from '../config/app-config.js';
import { SystemClock } from '../runtime/clock.js';

/**
 * The logger that all others descend from. Each entry has `timestamp`, `severity`, `message`, where known `request_id` and `caller`,
 * and whatever belongs to the fact under `context`.
 */
export function createRootLogger(logging: AppConfig['logging']): Logger {
  const clock = new SystemClock();
  const options = {
    level: logging.level,
    messageKey: 'message',
    timestamp: () => `,"timestamp":"${clock.now().toISOString()}"`,
    base: { process_id: process.pid },
    formatters: { level: (label: string) => ({ severity: label }), log: gatherContext },
    hooks: { logMethod: dropFrameworkNotes },
  };
  // The pretty printer runs in this thread, so that the last lines before an exit are not lost.
  return logging.format === 'pretty' ? pino(options, prettyStream()) : pino(options);
}

/** Of all entries from now on; a request that is under way keeps what it began with. */
export function setLogLevel(level: string): void {
  PinoLogger.root.level = level;
}

/** What the framework tells of its own start is for those who develop it. */
const FRAMEWORK = new Set<unknown>([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);
const INFO = 30;

function dropFrameworkNotes(this: Logger, args: Parameters<LogFn>, method: LogFn, level: number): void {
  const [entry] = args as [unknown];
  const fromFramework =
    typeof entry === 'object' && entry !== null && 'caller' in entry && FRAMEWORK.has(entry.caller);
  if (level !== INFO || !fromFramework) method.apply(this, args);
}

/** Moves everything that is not one of the fixed fields under `context`. */
function gatherContext(entry: Record<string, unknown>): Record<string, unknown> {
  const { caller, stack, params, ...bare } = entry;
  const { err, ...context } = { ...bare, ...(params as Record<string, unknown> | undefined) };
  return {
    ...(caller === undefined ? {} : { caller }),
    ...(err === undefined ? {} : { err }),
    ...(stack === undefined ? {} : { stack }),
    ...(Object.keys(context).length === 0 ? {} : { context }),
  };
}

function prettyStream(): pretty.PrettyStream {
  return pretty({
    sync: true,
    colorize: process.stdout.isTTY,
    messageKey: 'message',
    timestampKey: 'timestamp',
    levelKey: 'severity',
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'process_id',
    singleLine: true,
  });
}
