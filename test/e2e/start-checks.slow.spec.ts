import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BUILD_INFO } from '../support/image-room.js';
import { PRODUCTION, WITHOUT_REDIS } from '../support/production.js';
import { ShellScript } from '../support/shell-script.js';
import { waitFor } from '../support/wait-for.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SECRETS = [
  ['SECRET_KEY', 'change-me'],
  ['JWT_SECRET_KEY', 'placeholder'],
  ['DATABASE_URL', 'postgresql://user:change-me@db:5432/name'],
  ['REDIS_URL', 'redis://:change-me@redis:6379/0'],
  ['REDIS_PASSWORD', 'local-redis-password'],
  ['ADMIN_BOOTSTRAP_PASSWORD', 'changeme-changeme'],
] as const;
const EMBEDDED = { ...PRODUCTION, ...WITHOUT_REDIS, DATABASE_URL: 'embedded', HOST: '127.0.0.1', PORT: '0' };

/** What may be in no output: of each setting its value, and the password in an address. */
function valuesOf(env: Readonly<Record<string, string>>): string[] {
  const names = SECRETS.map(([name]) => name);
  return Object.entries(env)
    .filter(([name, value]) => names.some((one) => one === name) && value !== '' && value !== 'embedded')
    .flatMap(([, value]) => (URL.canParse(value) ? [new URL(value).password] : [value]));
}

/** By the words that tell it, as a value such as "placeholder" is a word of the messages too. */
function expectSecret(output: string, env: Readonly<Record<string, string>>): void {
  for (const value of valuesOf(env).filter((one) => one !== 'placeholder'))
    expect(output).not.toContain(value);
}

describe('before a start', () => {
  let folder: string;
  let buildInfo: string;
  const started: ShellScript[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'start-checks-'));
    buildInfo = path.join(folder, 'build.info');
    await writeFile(buildInfo, BUILD_INFO);
  });

  afterEach(async () => {
    for (const script of started.splice(0)) await script.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function run(
    script: string,
    args: string[],
    env: Readonly<Record<string, string>>,
    root = ROOT,
  ): ShellScript {
    const all = { BUILD_INFO_FILE: buildInfo, DATA_DIR: path.join(folder, 'data'), ...env };
    const running = new ShellScript(script, args, all, root);
    started.push(running);
    return running;
  }
  const entrypoint = (env: Readonly<Record<string, string>>, ...args: string[]): ShellScript =>
    run('docker-entrypoint.sh', args, env);
  const isReady = async (script: ShellScript): Promise<void> => {
    await waitFor(() => script.child.exitCode !== null || script.stdout.includes('Service ready'), {
      limitMs: 50_000,
    });
    expect(script.stdout + script.stderr).toContain('Service ready');
  };

  /** What is built, as a folder in which no file of settings lies. */
  const copyBuilt = async (): Promise<string> => {
    const copy = path.join(folder, 'copy');
    await mkdir(copy);
    await cp(path.join(ROOT, 'scripts'), path.join(copy, 'scripts'), { recursive: true });
    await symlink(path.join(ROOT, 'dist'), path.join(copy, 'dist'));
    return copy;
  };
  const signInStatus = async ({ stdout }: ShellScript, password: string): Promise<number> => {
    const url = /"url":"(http:[^"]+)"/.exec(stdout)?.[1] ?? '';
    const answer = await fetch(`${url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password }),
    });
    return answer.status;
  };

  describe.each(['docker-entrypoint.sh', 'start-production.sh'])('%s', (script) => {
    it.each(SECRETS.map(([name]) => name))('does not start without %s, and names it', async (name) => {
      const env = { ...PRODUCTION, [name]: '' };
      const { code, output } = await run(script, [], env).end();

      expect(code).toBe(1);
      expect(output).toContain(`${name} must be set in production`);
      expectSecret(output, env);
    });

    it.each(SECRETS)(
      'does not start with a placeholder for %s, names it and does not repeat it',
      async (name, value) => {
        const env = { ...PRODUCTION, [name]: value };
        const { code, output } = await run(script, [], env).end();

        expect(code).toBe(1);
        expect(output).toMatch(new RegExp(`${name}( \\(its password\\))? is a placeholder`));
        expectSecret(output, env);
      },
    );

    it('does not start with a key that is too short or equal to the other', async () => {
      const key = PRODUCTION.SECRET_KEY;
      const short = await run(script, [], { ...PRODUCTION, SECRET_KEY: key.slice(0, 63) }).end();
      const equal = await run(script, [], { ...PRODUCTION, JWT_SECRET_KEY: key }).end();

      expect(short).toMatchObject({ code: 1, output: expect.stringContaining('SECRET_KEY must have 64') });
      expect(equal).toMatchObject({ code: 1, output: expect.stringContaining('JWT_SECRET_KEY') });
    });

    it('says that the configuration was checked, starts the service, and ends with 0 on SIGTERM', async () => {
      const running = run(script, [], EMBEDDED);
      await isReady(running);
      const { code, output } = await running.stop();

      expect(code).toBe(0);
      expect(output).toContain('The configuration is valid');
      expectSecret(output, EMBEDDED);
    }, 90_000);

    it('takes all settings and secrets from the environment, where there is no file of them', async () => {
      const running = run(script, [], EMBEDDED, await copyBuilt());
      await isReady(running);

      expect(await signInStatus(running, PRODUCTION.ADMIN_BOOTSTRAP_PASSWORD)).toBe(200);
      // Nor has the service made secrets of its own.
      expect(await readdir(path.join(folder, 'data'))).not.toContain('secrets');
      expect((await running.stop()).code).toBe(0);
    }, 90_000);

    it('starts a worker when told to, by the rules for workers', async () => {
      for (const running of [
        run(script, ['worker'], EMBEDDED),
        run(script, [], { ...EMBEDDED, SERVICE_TYPE: 'worker' }),
      ])
        expect(await running.end()).toMatchObject({
          code: 1,
          output: expect.stringContaining('A worker process needs the PostgreSQL server'),
        });
    });

    it('knows no other kind of service', async () => {
      const { code, output } = await run(script, [], { ...EMBEDDED, SERVICE_TYPE: 'api server' }).end();

      expect(code).toBe(1);
      expect(output).toContain('has to be app');
    });
  });

  describe('docker-entrypoint.sh', () => {
    it('does not start without the build metadata, or with an empty one', async () => {
      await writeFile(buildInfo, '');
      const empty = await entrypoint(EMBEDDED).end();
      await rm(buildInfo);

      for (const { code, output } of [empty, await entrypoint(EMBEDDED).end()]) {
        expect(code).toBe(1);
        expect(output).toContain('The build metadata is missing or empty');
        expect(output).not.toContain('Checking the configuration');
      }
    });

    it.each(['BUILD_VERSION', 'BUILD_SHA', 'BUILD_DATE'])(
      'does not start when %s is not among the build metadata, or empty',
      async (name) => {
        for (const value of ['', `${name}=\n`]) {
          await writeFile(buildInfo, BUILD_INFO.replace(new RegExp(`^${name}=.*\n`, 'm'), value));
          const { code, output } = await entrypoint(EMBEDDED).end();

          expect(code).toBe(1);
          expect(output).toContain(`The build metadata lacks ${name}`);
        }
      },
    );

    it('warns of placeholders among the build metadata, says how to build again, and goes on', async () => {
      await writeFile(buildInfo, 'BUILD_VERSION=dev\nBUILD_SHA=unknown\nBUILD_DATE=2026-01-02T03:04:05Z\n');
      const { code, output } = await entrypoint({ ...EMBEDDED, SECRET_KEY: '' }).end();

      expect(code).toBe(1);
      expect(output).toMatch(/"severity":"warn".*\(BUILD_VERSION BUILD_SHA\).*--build-arg/);
      expect(output).toContain('SECRET_KEY must be set in production');
    });

    it('has nothing to warn of where the image was built as documented', async () => {
      const { output } = await entrypoint({ ...EMBEDDED, SECRET_KEY: '' }).end();

      expect(output).toContain('The build metadata is in order');
      expect(output).not.toContain('"severity":"warn"');
    });

    it('writes entries of the log, one JSON object a line', async () => {
      const running = entrypoint(EMBEDDED);
      await isReady(running);
      await running.stop();
      const entries = running.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { message: string });

      expect(entries.slice(0, 5).map(({ message }) => message)).toEqual([
        'Checking the build metadata',
        'The build metadata is in order',
        'Checking the configuration',
        'The configuration is valid',
        'The configuration is in order; starting',
      ]);
      expect(entries[0]).toMatchObject({
        severity: 'info',
        timestamp: expect.any(String),
        caller: 'entrypoint',
      });
    }, 90_000);

    it('runs the command for models, and any other program as it stands', async () => {
      const models = await entrypoint(EMBEDDED, 'models', '--help').end();
      const other = await entrypoint({}, 'echo', 'a b', 'c').end();

      expect(models.output).toContain('models');
      expect(other).toEqual({ code: 0, output: 'a b c\n' });
    });
  });

  describe('start-production.sh', () => {
    let copy: string;

    beforeEach(async () => {
      copy = await copyBuilt();
    });

    const linesOf = (env: Readonly<Record<string, string>>): string =>
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}\n`)
        .join('');

    it('takes the settings of .env.production, with spaces, quotes and comments, and runs nothing in it', async () => {
      const password = 'vK8 q2 #mXw $(touch ran) r4Tn';
      const env = { ...EMBEDDED, ADMIN_BOOTSTRAP_PASSWORD: `"${password}" # for once` };
      await writeFile(path.join(copy, '.env.production'), `# by the secrets manager\n${linesOf(env)}`);
      const running = run('start-production.sh', [], {}, copy);
      await isReady(running);

      expect(await signInStatus(running, password)).toBe(200);
      expect((await running.stop()).code).toBe(0);
    }, 90_000);

    it('lets the environment win over .env.production, and cannot be led out of production by it', async () => {
      await writeFile(
        path.join(copy, '.env.production'),
        linesOf({
          ...EMBEDDED,
          NODE_ENV: 'development',
          SECRET_KEY: 'change-me',
          JWT_SECRET_KEY: 'change-me',
        }),
      );
      const { code, output } = await run(
        'start-production.sh',
        [],
        { SECRET_KEY: PRODUCTION.SECRET_KEY },
        copy,
      ).end();

      expect(code).toBe(1);
      expect(output).toContain('JWT_SECRET_KEY is a placeholder');
      expect(output).not.toMatch(/ SECRET_KEY is a placeholder/);
    });

    it('says what to do where the service is not built', async () => {
      await rm(path.join(copy, 'dist'));

      expect(await run('start-production.sh', [], EMBEDDED, copy).end()).toMatchObject({
        code: 1,
        output: expect.stringContaining('npm run build'),
      });
    });
  });
});
