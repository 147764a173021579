#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { describeError, EXIT, exitCodeOf, failureOf, UsageError, type ExitCode } from './exit-codes.js';
import {
  allowOptions,
  readInvocation,
  type Invocation,
  type OptionName,
  type Options,
} from './invocation.js';
import { HELP, JOBS_HELP, LOGIN_HELP, MODELS_HELP, TRANSCRIBE_HELP } from './help.js';
import { jobs } from './jobs.command.js';
import { login } from './login.command.js';
import { models } from './models.command.js';
import { transcribe } from './transcribe.command.js';

const OUTPUT_CLOSED = new Error('Nobody reads the output any more.');

interface Command {
  readonly help: string;
  readonly options: readonly OptionName[];
  readonly run: (invocation: Invocation) => Promise<ExitCode>;
  /** What becomes of its work when it is interrupted. */
  readonly rest?: (options: Options) => string;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  transcribe: {
    help: TRANSCRIBE_HELP,
    options: ['format', 'out', 'language', 'model', 'watch', 'diarize', 'speakers', 'voices'],
    run: transcribe,
    rest: ({ watch }) =>
      watch === undefined
        ? ' What was being transcribed is cancelled.'
        : ' What was sent goes on at the service; the same command brings its transcript.',
  },
  jobs: { help: JOBS_HELP, options: ['status', 'limit'], run: jobs },
  models: {
    help: MODELS_HELP,
    options: [],
    run: models,
    rest: () => ' The service goes on with what it was told.',
  },
  login: { help: LOGIN_HELP, options: [], run: login },
};

async function run(argv: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const invocation = readInvocation(argv, signal);
  const { command, options, terminal } = invocation;
  const known = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (options.version === true) await terminal.print(await ownVersion());
  if (options.help === true) await terminal.print(known?.help ?? HELP);
  if (options.version === true || options.help === true) return EXIT.allGood;
  if (known === undefined)
    throw new UsageError(command === '' ? 'What is to be done?' : `There is no command ${command}.`);
  allowOptions(invocation, known.options);
  try {
    return await known.run(invocation);
  } catch (error) {
    if (!signal.aborted) throw error;
    if (signal.reason === OUTPUT_CLOSED) return EXIT.outputClosed;
    terminal.tell(`Interrupted.${known.rest?.(options) ?? ''}`);
    return EXIT.interrupted;
  }
}

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => {
    // The second one does not wait for the service.
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    interruption.abort();
  });

// Who prints hears of what is wrong with it; that nobody reads any more ends everything, as `| head` expects.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') interruption.abort(OUTPUT_CLOSED);
});

const argv = process.argv.slice(2);
try {
  process.exitCode = await run(argv, interruption.signal);
} catch (error) {
  process.exitCode = exitCodeOf(error);
  process.stderr.write(`${describeError(error)}\n`);
  if (error instanceof UsageError) process.stderr.write('whisper-transcriber --help tells more.\n');
  if (argv.includes('--json')) process.stdout.write(`${JSON.stringify(failureOf(error))}\n`);
}
