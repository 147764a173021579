import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { UsageError } from './exit-codes.js';
import { Terminal } from './terminal.js';

const OPTIONS = {
  url: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  format: { type: 'string', short: 'f' },
  out: { type: 'string', short: 'o' },
  language: { type: 'string', short: 'l' },
  model: { type: 'string', short: 'm' },
  diarize: { type: 'boolean', short: 'd' },
  speakers: { type: 'string' },
  voices: { type: 'string', multiple: true },
  watch: { type: 'string', short: 'w' },
  status: { type: 'string', multiple: true },
  limit: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

export type OptionName = keyof typeof OPTIONS;
export type Options = {
  readonly [Name in OptionName]?: Name extends 'json' | 'help' | 'version' | 'diarize'
    ? boolean
    : Name extends 'status' | 'voices'
      ? string[]
      : string;
};

/** A command line, read. */
export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: Options;
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

const EVERYWHERE: readonly OptionName[] = ['url', 'json', 'help', 'version'];

/** @throws UsageError */
export function readInvocation(argv: readonly string[], signal: AbortSignal): Invocation {
  try {
    const { values: options, positionals } = parseArgs({
      args: [...argv],
      options: OPTIONS,
      allowPositionals: true,
    });
    const [command = '', ...args] = positionals;
    return { command, args, options, terminal: new Terminal(options.json ?? false), signal };
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** An option that does nothing would be a promise. @throws UsageError */
export function allowOptions({ command, options }: Invocation, allowed: readonly OptionName[]): void {
  for (const name of Object.keys(options) as OptionName[])
    if (!allowed.includes(name) && !EVERYWHERE.includes(name))
      throw new UsageError(`${command} has no option --${name}.`);
}
