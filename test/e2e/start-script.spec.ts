import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');
const onLinux = process.platform === 'linux' ? it : it.skip;

/**
 * Stands for `npm ci`: installs a builder that turns src/main.ts into dist/main.js, and keeps count. Like npm it leaves out
 * what only the development needs where NODE_ENV says so and nothing else is asked for.
 */
const NPM = `
  const fs = require('node:fs');
  fs.appendFileSync('calls.log', 'install\\n');
  if (process.env.NODE_ENV === 'production' && !process.argv.includes('--include=dev')) process.exit(0);
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

  function start(extra: NodeJS.ProcessEnv = {}): { code: number | null; output: string; calls: string[] } {
    const calls = path.join(folder, 'calls.log');
    rmSync(calls, { force: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/start.mjs'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 30_000,
      env: {
        ...extra,
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

  it('installs what the build needs, also for production', () => {
    expect(start({ NODE_ENV: 'production' })).toMatchObject({
      code: 0,
      calls: ['install', 'build'],
      output: expect.stringMatching(/first\n$/),
    });
  });

  onLinux('is not held up by a lock left behind whose pid is that of another program by now', () => {
    write('.setup.lock', `${process.pid} 1`);

    expect(start()).toMatchObject({ code: 0, calls: ['install', 'build'] });
    expect(existsSync(path.join(folder, '.setup.lock'))).toBe(false);
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

describe('npm test', () => {
  /** Stands for jest: reports what it would have found, and leaves the logs that services would have left. */
  const JEST = `
    const file = process.argv.find((arg) => arg.startsWith('--outputFile=')).slice('--outputFile='.length);
    const fs = require('node:fs');
    const isAgain = process.argv.includes('--runTestsByPath');
    fs.writeFileSync(file, isAgain ? process.env.AGAIN : process.env.RESULTS);
    for (const [name, text] of Object.entries(JSON.parse(process.env.LOGS || '{}')))
      fs.writeFileSync(require('node:path').join(process.env.TEST_LOGS, name), text);
    process.exitCode = Number(process.env.EXIT_CODE ?? 0);
  `;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'test-'));
    cpSync(path.join(ROOT, 'scripts'), path.join(folder, 'scripts'), { recursive: true });
    mkdirSync(path.join(folder, 'node_modules/jest/bin'), { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ engines: { node: '>=22.17' } }));
    for (const name of ['package-lock.json', 'node_modules/.package-lock.json'])
      writeFileSync(path.join(folder, name), JSON.stringify({ packages: { '': {} } }));
    writeFileSync(path.join(folder, 'node_modules/jest/bin/jest.js'), JEST);
    mkdirSync(path.join(folder, 'test/support'), { recursive: true });
    writeFileSync(path.join(folder, 'test/support/run-sources.mjs'), '');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function run(args: string[], env: NodeJS.ProcessEnv): { code: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/test.mjs', ...args], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 30_000,
      env: { PATH: process.env['PATH'], ...env },
    });
    return { code: status, output: stdout + stderr };
  }

  const RESULTS = JSON.stringify({
    numPassedTests: 4,
    numFailedTests: 0,
    numRuntimeErrorTestSuites: 0,
    numPendingTests: 2,
    numTodoTests: 1,
  });

  it('ends with a line of what has passed and what has failed, also when tests were skipped', () => {
    expect(run(['unit'], { RESULTS })).toEqual({
      code: 0,
      output: '✓ build\n3 skipped\n5 passed, 0 failed\n',
    });
  });

  it('is red where all tests passed, but less was covered than has to be', () => {
    const { code, output } = run(['unit', '--coverage'], { RESULTS, EXIT_CODE: '1' });

    expect(code).toBe(1);
    expect(output).toContain('The unit tests passed, but not all that was asked of them.\n');
    expect(output).toMatch(/^5 passed, 1 failed$/m);
  });

  describe('looks for secrets in the logs of all tests', () => {
    const PASSWORD = 'Zq7-"quoted" for tests';
    const KEPT = [
      { credential: PASSWORD },
      { text: 'She had then leisure to consider how much there might be.' },
    ];
    const judge = (logs: Record<string, string>): { code: number | null; output: string } =>
      run(['contract'], { RESULTS, LOGS: JSON.stringify(logs) });
    const kept = KEPT.map((what) => `${JSON.stringify(what)}\n`).join('');
    const welcome = 'administrator: admin, password for one sign-in: shown-once-only\n';

    it('and finds none in ordinary lines, nor in the welcome', () => {
      const lines = [
        '{"message":"Service ready"}',
        '{"message":"Request completed","context":{"path":"/auth/change-password","status_code":200}}',
      ].join('\n');
      const { code, output } = judge({ 'a.kept': kept, 'service.log': lines, 'service-errors.log': welcome });

      expect(code).toBe(0);
      expect(output).toMatch(/^6 passed, 0 failed$/m);
    });

    it.each([
      ['says so when it passes then', 'passed', 0, '5 passed, 0 failed'],
      ['is red when it fails again', 'failed', 1, '4 passed, 1 failed'],
    ])('and runs a file that failed once more, alone, and %s', (_what, status, code, total) => {
      const file = (name: string, ...statuses: string[]): object => ({
        name: path.join(folder, name),
        status: statuses.includes('failed') ? 'failed' : 'passed',
        assertionResults: statuses.map((one) => ({ status: one })),
      });
      const resultsOf = (passed: number, failed: number, ...testResults: object[]): string =>
        JSON.stringify({
          ...JSON.parse(RESULTS),
          numPassedTests: passed,
          numFailedTests: failed,
          testResults,
        });
      const isGood = status === 'passed';
      const result = run(['contract'], {
        RESULTS: resultsOf(2, 1, file('a.spec.ts', 'passed', 'failed'), file('b.spec.ts', 'passed')),
        AGAIN: resultsOf(isGood ? 2 : 1, isGood ? 0 : 1, file('a.spec.ts', 'passed', status)),
        LOGS: JSON.stringify({ 'a.kept': kept, 'service.log': '{"message":"Service ready"}\n' }),
      });

      expect(result.code).toBe(code);
      expect(result.output).toContain('Once more, alone: a.spec.ts\n');
      expect(result.output.includes('~ unsteady: a.spec.ts\n')).toBe(isGood);
      expect(result.output).toMatch(new RegExp(`^${total}$`, 'm'));
    });

    it('and is red for each line that holds one', () => {
      const lines = [
        ['a credential of the tests', JSON.stringify({ message: `wrong: ${PASSWORD}` })],
        ['a credential of the tests', `GET /x?p=${encodeURIComponent(PASSWORD)}`],
        ['a credential of the tests', '{"message":"shown-once-only"}'],
        ['words of a transcript', '{"message":"job done","context":{"said":"then leisure to consider"}}'],
        ['an API key', `{"message":"key wt_${'a'.repeat(43)}"}`],
        ['a refresh token', `{"message":"token wr_${'a'.repeat(43)}"}`],
        ['an access token', '{"message":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x"}'],
        ['the hash of a password', '{"message":"$argon2id$v=19$m=19456"}'],
        ['the password of an address', '{"message":"postgresql://me:hunter2@db:5432/x"}'],
        ['a bearer token', '{"message":"Bearer 0123456789"}'],
        ['a field for a secret', '{"message":"x","context":{"new_password":"short"}}'],
        ['a field for a secret', '{"req":{"headers":{"cookie":"a=b"}}}'],
      ] as const;
      const log = ['{"message":"Service ready"}', ...lines.map(([, line]) => line)].join('\n');
      const { code, output } = judge({ 'a.kept': kept, 'service.log': log, 'service-errors.log': welcome });

      expect(code).toBe(1);
      for (const [what, line] of lines) expect(output).toContain(`service.log holds ${what}: ${line}\n`);
      expect(output.match(/ holds /g)).toHaveLength(lines.length);
      expect(output).toMatch(/^5 passed, 1 failed$/m);
    });

    it('and is red when there is nothing to look for', () => {
      const { code, output } = judge({ 'service.log': '{"message":"Service ready"}\n' });

      expect(code).toBe(1);
      expect(output).toMatch(/^5 passed, 1 failed$/m);
    });

    it('and is red when there is nothing to look at', () => {
      expect(judge({ 'a.kept': kept }).code).toBe(1);
    });
  });

  onLinux('says which program of the system is missing, and in which package it is', () => {
    const { code, output } = run(['e2e'], { PATH: folder, CHROMIUM_PATH: process.execPath });

    expect(code).toBe(1);
    expect(output).toMatch(/^Missing for the tests: .*\bpgrep \(apt-get install procps\)/m);
    expect(output).toMatch(/^0 passed, 1 failed$/m);
  });
});
