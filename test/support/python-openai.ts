import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CACHE = path.resolve(import.meta.dirname, '../../node_modules/.cache/python-openai');
const INSTALL_LIMIT_MS = 5 * 60_000;

/** Of the official Python client, the newest of each major that is in use. */
export const OPENAI_VERSIONS = ['2.54.0', '3.57.0'] as const;
export type OpenAiVersion = (typeof OPENAI_VERSIONS)[number];

/** Whether this machine can have the client at all. It says so where it cannot: what needs it is skipped then. */
export function hasPython(): boolean {
  const { status } = spawnSync('python3', ['-c', 'import venv, ensurepip']);
  if (status === 0) return true;
  process.stderr.write(
    '\nSKIPPED: there is no python3 with venv (apt-get install python3-venv), so nothing is tried with the Python client of OpenAI.\n\n',
  );
  return false;
}

/**
 * A Python that has this version of the client, in a virtual environment in the cache of the checkout. It comes from the index that pip is
 * configured for, once.
 *
 * @throws Error when it cannot be installed
 */
export async function openPythonWith(version: OpenAiVersion): Promise<PythonProgram> {
  const folder = path.join(CACHE, version);
  const python = path.join(folder, 'bin', 'python');
  const complete = path.join(folder, 'complete');
  if (!existsSync(complete)) {
    await mkdir(CACHE, { recursive: true });
    await run('python3', ['-m', 'venv', '--clear', folder]);
    const pip = ['-m', 'pip', '--quiet', '--disable-pip-version-check', 'install'];
    await run(python, [...pip, `openai==${version}`], { timeout: INSTALL_LIMIT_MS });
    await writeFile(complete, '');
  }
  return new PythonProgram(python);
}

export class PythonProgram {
  constructor(private readonly python: string) {}

  /**
   * Runs a script of this folder; gives it JSON and takes JSON.
   *
   * @throws Error with what it complained of
   */
  async ask(script: string, question: object): Promise<unknown> {
    const child = execFile(this.python, [path.join(import.meta.dirname, script)]);
    if (child.stdin === null || child.stdout === null || child.stderr === null)
      throw new Error('A program without pipes');
    child.stdin.end(JSON.stringify(question));
    const [answer, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if (answer === '') throw new Error(`${script} failed: ${complaints}`);
    return JSON.parse(answer);
  }
}
