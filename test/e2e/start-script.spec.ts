import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Stands for `npm ci`: installs a builder that turns src/main.ts into dist/main.js, and keeps count. */
const NPM = `
  const fs = require('node:fs');
  fs.appendFileSync('calls.log', 'install\\n');
  fs.mkdirSync('node_modules/@nestjs/cli/bin', { recursive: true });
  fs.writeFileSync('node_modules/@nestjs/cli/bin/nest.js', \`
    const fs = require('node:fs');
    fs.appendFileSync('calls.log', 'build\\\\n');
    fs.mkdirSync('dist', { recursive: true });
    if (!fs.readFileSync('src/main.ts', 'utf8').includes('broken')) fs.copyFileSync('src/main.ts', 'dist/main.js');
    else process.exit(1);
  \`);
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
`;

describe('npm start', () => {
  let folder: string;

  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const lock = (version: string): string =>
    JSON.stringify({ packages: { '': {}, 'node_modules/a': { version, integrity: 'sum' } } });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'start-'));
    cpSync(path.join(ROOT, 'scripts'), path.join(folder, 'scripts'), { recursive: true });
    write('package.json', JSON.stringify({ type: 'commonjs', engines: { node: '>=22.17' } }));
    write('package-lock.json', lock('1.0.0'));
    write('npm.cjs', NPM);
    write('src/main.ts', `console.log('first');`);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function start(): { code: number | null; output: string; calls: string[] } {
    const calls = path.join(folder, 'calls.log');
    rmSync(calls, { force: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/start.mjs'], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        npm_execpath: path.join(folder, 'npm.cjs'),
        npm_node_execpath: process.execPath,
      },
    });
    const made = existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
    return { code: status, output: stdout + stderr, calls: made };
  }

  it('installs and builds what is missing, and then starts', () => {
    expect(start()).toMatchObject({
      code: 0,
      calls: ['install', 'build'],
      output: expect.stringMatching(/first\n$/),
    });
  });

  it('only starts when nothing has changed', () => {
    start();

    expect(start()).toEqual({ code: 0, calls: [], output: 'first\n' });
  });

  it('builds again when a source has changed', () => {
    start();
    write('src/main.ts', `console.log('second');`);

    expect(start()).toMatchObject({ code: 0, calls: ['build'], output: expect.stringMatching(/second\n$/) });
  });

  it('installs again when the lock file has changed', () => {
    start();
    write('package-lock.json', lock('1.0.1'));

    expect(start().calls).toEqual(['install']);
  });

  it('does not start on what a failed build left, and tries again the next time', () => {
    start();
    write('src/main.ts', 'broken');
    expect(start()).toMatchObject({ code: 1, output: expect.not.stringContaining('first') });

    write('src/main.ts', `console.log('third');`);
    expect(start()).toMatchObject({ code: 0, calls: ['build'], output: expect.stringMatching(/third\n$/) });
  });

  it('says in one line that Node is too old, before it installs anything', () => {
    write('package.json', JSON.stringify({ engines: { node: '>=99.0' } }));
    const { code, output, calls } = start();

    expect([code, calls]).toEqual([1, []]);
    expect(output).toMatch(/^Node 99\.0 or newer is needed; this is v\d+.*\n$/);
  });

  it('passes on the exit code of the service', () => {
    write('src/main.ts', 'process.exitCode = 3;');

    expect(start().code).toBe(3);
  });
});
