import { PinoLogger } from 'nestjs-pino';
import { pino, type LogFn, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { AppConfig } from '../config/app-config.js';
import { SystemClock } from '../runtime/clock.js';
import { traceFields } from '../tracing/spans.js';
import { contextFields } from './log-context.js';

/**
 * The logger that all others descend from; docs/logs.md names the fields of its entries.
 */
export function createRootLogger(logging: AppConfig['logging']): Logger {
  const clock = new SystemClock();
  const options = {
    level: logging.level,
    messageKey: 'message',
    timestamp: () => `,"timestamp":"${clock.now().toISOString()}"`,
    base: { process_id: process.pid },
    mixin: () => ({ ...contextFields(), ...traceFields() }),
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

/** What is looked for in the log stands at the top of its entries. */
const FIXED_FIELDS = new Set(['request_id', 'job_id', 'trace_id', 'span_id', 'caller', 'err', 'stack']);

/** Moves everything that is not one of the fixed fields under `context`. */
function gatherContext(entry: Record<string, unknown>): Record<string, unknown> {
  const { params, ...bare } = entry;
  const fields = Object.entries({ ...bare, ...(params as Record<string, unknown> | undefined) });
  const context = Object.fromEntries(fields.filter(([name]) => !FIXED_FIELDS.has(name)));
  return {
    ...Object.fromEntries(fields.filter(([name, value]) => FIXED_FIELDS.has(name) && value !== undefined)),
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
