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
import { jobs } from './jobs.command.js';
import { login } from './login.command.js';
import { models } from './models.command.js';
import { transcribe } from './transcribe.command.js';

const HELP = `whisper-transcriber transcribe FILE|URL|DIR…   send recordings and get their transcripts
    -f, --format txt|srt|vtt|json    default txt
    -o, --out DIR                    a file each in DIR; else to stdout
    -l, --language LANGUAGE          code or English name; else it is detected
    -m, --model MODEL                else the default of the service
    -w, --watch DIR                  and each recording that comes into DIR, once; needs --out
whisper-transcriber jobs [list] [--status STATUS…] [--limit N]
whisper-transcriber jobs show|cancel|retry|delete ID…
whisper-transcriber models [pull NAME]
whisper-transcriber login [URL]                    keeps the address and an API key for this user

Everywhere:  --url URL   --json   -h, --help   --version
Environment: WHISPER_URL, WHISPER_API_KEY
Ends with:   0 all good, 1 some failed, 2 not understood, 3 not reachable, 4 not signed in, 130 interrupted
`;

interface Command {
  readonly options: readonly OptionName[];
  readonly run: (invocation: Invocation) => Promise<ExitCode>;
  /** What becomes of its work when it is interrupted. */
  readonly rest?: (options: Options) => string;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  transcribe: {
    options: ['format', 'out', 'language', 'model', 'watch'],
    run: transcribe,
    rest: ({ watch }) =>
      watch === undefined
        ? ' What was being transcribed is cancelled.'
        : ' What was sent goes on at the service; the same command brings its transcript.',
  },
  jobs: { options: ['status', 'limit'], run: jobs },
  models: { options: [], run: models, rest: () => ' The service goes on with what it was told.' },
  login: { options: [], run: login },
};

async function run(argv: readonly string[], signal: AbortSignal): Promise<ExitCode> {
  const invocation = readInvocation(argv, signal);
  const { command, options, terminal } = invocation;
  if (options.version === true) terminal.print(await ownVersion());
  if (options.help === true) terminal.print(HELP);
  if (options.version === true || options.help === true) return EXIT.allGood;
  const known = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (known === undefined)
    throw new UsageError(command === '' ? 'What is to be done?' : `There is no command ${command}.`);
  allowOptions(invocation, known.options);
  try {
    return await known.run(invocation);
  } catch (error) {
    if (!signal.aborted) throw error;
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

const argv = process.argv.slice(2);
try {
  process.exitCode = await run(argv, interruption.signal);
} catch (error) {
  process.exitCode = exitCodeOf(error);
  process.stderr.write(`${describeError(error)}\n`);
  if (error instanceof UsageError) process.stderr.write('whisper-transcriber --help tells more.\n');
  if (argv.includes('--json')) process.stdout.write(`${JSON.stringify(failureOf(error))}\n`);
}
