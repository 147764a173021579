import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const FILE = path.resolve(import.meta.dirname, '../../docker-compose.yml');

export interface ComposeService {
  readonly image: string;
  readonly build?: {
    readonly dockerfile: string;
    readonly target: string;
    readonly args: Record<string, string>;
  };
  readonly environment?: Record<string, string>;
  readonly read_only?: boolean;
  readonly tmpfs?: string[];
  readonly cap_drop?: string[];
  readonly security_opt?: string[];
  readonly ports?: string[];
  readonly networks?: string[];
  readonly volumes?: string[];
  readonly profiles?: string[];
  readonly healthcheck?: object;
  readonly logging?: { readonly options: Readonly<Record<string, string>> };
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly command?: string[];
  readonly entrypoint?: string[];
}

export interface ComposeFile {
  readonly services: Record<string, ComposeService>;
  readonly volumes: Record<string, unknown>;
}

/**
 * docker-compose.yml as Compose reads it with these variables. It refuses, as Compose does, where a `:?` is not fulfilled.
 *
 * @throws Error that names the variable
 */
export function readCompose(variables: Readonly<Record<string, string>>): ComposeFile {
  const lines = readFileSync(FILE, 'utf8').split('\n');
  const text = lines.filter((line) => !/^\s*#/.test(line)).join('\n');
  return parse(interpolate(text, variables), { merge: true }) as ComposeFile;
}

/** ${NAME:-default} and ${NAME:?message}, one in another, and $$ for a dollar. */
function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  let result = '';
  for (let at = 0; at < text.length;) {
    const next = text.indexOf('$', at);
    if (next === -1) return result + text.slice(at);
    result += text.slice(at, next);
    if (text[next + 1] === '$') {
      result += '$';
      at = next + 2;
    } else {
      const end = closingBrace(text, next + 2);
      result += resolve(text.slice(next + 2, end), variables);
      at = end + 1;
    }
  }
  return result;
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`A variable is not closed: ${text.slice(from, from + 40)}`);
}

function resolve(expression: string, variables: Readonly<Record<string, string>>): string {
  const parts = /^(\w+)(:[-?])([^]*)$/.exec(expression);
  if (parts === null) throw new Error(`Neither a default nor a message: ${expression}`);
  const [, name = '', kind, rest = ''] = parts;
  const value = variables[name] ?? '';
  if (value !== '') return value;
  if (kind === ':?') throw new Error(`required variable ${name} is missing a value: ${rest}`);
  return interpolate(rest, variables);
}
