import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../../..');
const PACKAGE = join(ROOT, 'libs/whisper-engine');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const LIMIT_MS = 60_000;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'package-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const run = (args: readonly string[], cwd: string): string =>
  execFileSync(process.execPath, args, { cwd, encoding: 'utf8' });

/** The examples of the README, word for word. */
function examples(): string[] {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
  return [...readme.matchAll(/```js\n(.*?)```/gs)].flatMap(([, code]) => code ?? []);
}

/** What npm would publish, installed in an empty project. */
function install(): void {
  const { files } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { files: string[] };
  const home = join(folder, 'node_modules/@whisper-transcriber/engine');
  mkdirSync(home, { recursive: true });
  for (const file of ['package.json', ...files]) {
    cpSync(join(PACKAGE, file), join(home, file), { recursive: true });
  }
}

describe('the package', () => {
  it(
    'does what its README shows',
    () => {
      const [first = '', second = ''] = examples();
      expect(first.trim().split('\n')).toHaveLength(11);
      expect(run(['--input-type=module', '-e', first], ROOT)).toMatch(/^1 s \[\]$/m);
      // It goes on with the engine of the first.
      const both = first.replace(/^await engine.dispose.*$/m, second);
      expect(run(['--input-type=module', '-e', both], ROOT)).toMatch(/^null 1$/m);
    },
    LIMIT_MS,
  );

  it(
    'has types for those who install it',
    () => {
      install();
      const options = { strict: true, noEmit: true, module: 'nodenext', target: 'es2024', types: [] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
      writeFileSync(
        join(folder, 'use.ts'),
        `import { EngineError, WhisperEngine, type Segment } from '@whisper-transcriber/engine';
         const engine: WhisperEngine = await WhisperEngine.load({ modelDir: '', vadPath: '' });
         export const texts: string[] = [];
         for await (const { segments } of engine.transcribe([new Float32Array(1)], { words: true, beamSize: 2 })) {
           texts.push(...segments.map(({ text }: Segment) => text));
         }
         export const code = new EngineError('aborted', '').code;
         // @ts-expect-error there is no such option
         engine.transcribe([], { beam: 1 });`,
      );
      expect(run([TSC, '-p', '.'], folder)).toBe('');
    },
    LIMIT_MS,
  );
});
