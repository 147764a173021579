import { parseArgs, type ParseArgsConfig } from 'node:util';
import { AppError } from '../../platform/errors/app-error.js';
import { StartupError } from '../../platform/errors/startup-error.js';
import { stopSignal } from '../../platform/runtime/stop-signal.js';
import { BackupProblem, EXIT, type ExitCode } from './backup-problem.js';
import { plainReasonOf } from './plain-reason.js';

const STOP_LIMIT_MS = 30_000;

export class UsageError extends Error {}

/** Runs a command to its end, and ends with the exit code that says how it went. */
export function runCommand(usage: string, run: (stop: AbortSignal) => Promise<ExitCode>): void {
  const stop = stopSignal(STOP_LIMIT_MS, () => undefined);
  run(stop).then(
    (code) => process.exit(code),
    (error: unknown) => {
      if (stop.aborted) {
        process.stderr.write('Stopped.\n');
        process.exit(EXIT.stopped);
      }
      process.stderr.write(`${messageOf(error)}\n`);
      if (error instanceof UsageError) process.stderr.write(`\n${usage}`);
      process.exit(codeFor(error));
    },
  );
}

export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  options: T,
): ReturnType<typeof parseArgs<{ options: T }>>['values'] {
  try {
    return parseArgs({ args: process.argv.slice(2), options }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

function messageOf(error: unknown): string {
  if (error instanceof AppError) return error.detail;
  if (error instanceof BackupProblem || error instanceof StartupError || error instanceof UsageError)
    return error.message;
  return plainReasonOf(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function codeFor(error: unknown): ExitCode {
  if (error instanceof BackupProblem) return error.exitCode;
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}
