import { StartupError } from './platform/errors/startup-error.js';

/** Tells what has gone wrong, in plain words where it was foreseen, and ends the process. */
export function endWithFailure(error: unknown): never {
  const unexpected = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${error instanceof StartupError ? error.message : unexpected}\n`);
  process.exit(1);
}
