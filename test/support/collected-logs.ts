import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';

/** Named by `npm test`, which at its end holds the lines against what is kept here. Without it nothing is collected. */
const FOLDER = process.env['TEST_LOGS'];

const SECRET_FIELDS = new Set([
  'access_token',
  'refresh_token',
  'key',
  'one_time_password',
  'secret',
  'password',
  'current_password',
  'new_password',
]);
const TEXT_FIELDS = new Set(['transcript', 'text']);
const SECRET_VARIABLE = /(?:_KEY|PASSWORD|TOKEN)$/;

let opened = 0;

/** Collects everything that a program prints, under a name that tells what it was. */
export function collectOutput(name: string, outputs: readonly (Readable | null)[]): void {
  opened += 1;
  const file = `${name}-${process.pid}-${opened}.log`;
  for (const output of outputs) {
    output?.on('data', (text: Buffer | string) => {
      append(file, text);
    });
  }
}

/** For what is logged by the services that run in the process of the tests. */
export function collectLine(line: string): void {
  append(`tests-${process.pid}.log`, `${line}\n`);
}

/** This must be in no line of any log. */
export function keepCredential(credential: string): void {
  keep({ credential });
}

/** The secrets among the settings of a service. Both keys of a rotation are meant, and the password in an address. */
export function keepSecretsOfEnvironment(env: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(env)) {
    if (SECRET_VARIABLE.test(name)) value.split(',').forEach(keepCredential);
    else if (URL.canParse(value)) keepCredential(new URL(value).password);
  }
}

/** What must not be logged of a body that is sent or answered: passwords, tokens, keys, and what was said. */
export function keepSecretsOf(body: unknown): void {
  if (FOLDER === undefined || typeof body !== 'object' || body === null) return;
  for (const [name, value] of Object.entries(body)) {
    // The address of a transcript has the same name as the transcript.
    if (name === 'links') continue;
    if (typeof value !== 'string') keepSecretsOf(value);
    else if (SECRET_FIELDS.has(name)) keepCredential(value);
    else if (TEXT_FIELDS.has(name)) keep({ text: value });
  }
}

function keep(what: { credential: string } | { text: string }): void {
  append(`${process.pid}.kept`, `${JSON.stringify(what)}\n`);
}

function append(name: string, text: Buffer | string): void {
  if (FOLDER !== undefined) appendFileSync(path.join(FOLDER, name), text);
}
