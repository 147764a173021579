import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AdminModelList, ModelList } from '@whisper-transcriber/client-sdk';
import { jsonOf, transcribe, upload } from '../support/api-client.js';
import type { HubMirror } from '../support/hub-mirror.js';
import {
  LARGE_FILE,
  miniatureSize,
  openMiniatureHub,
  PULLED_FILES,
  TINY,
} from '../support/miniature-model.js';
import { ModelsCommand, type CommandResult } from '../support/built-command.js';
import { startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SPEECH = 'docs/samples/sense-and-sensibility.wav';
const LIMIT_MS = 60_000;
/** 16 KiB each: slow enough to be met in the middle. */
const SLOW = { at: LARGE_FILE, times: 100, pauseMs: 100 };

describe('npm run models', () => {
  let dataDir: string;
  let hub: HubMirror;

  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'models-command-'));
    hub = await openMiniatureHub();
  });

  afterEach(async () => {
    await hub.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = (...args: string[]): ModelsCommand =>
    new ModelsCommand(args, { DATA_DIR: dataDir, MODEL_HUB_URL: hub.url });
  const run = (...args: string[]): Promise<CommandResult> => start(...args).end();
  const untilMidway = (): Promise<void> =>
    waitFor(() => hub.contentRequests(LARGE_FILE).some(({ sent }) => sent > 30_000));

  async function partSize(): Promise<number> {
    const downloads = path.join(dataDir, 'models', '.downloads');
    const [name = ''] = (await readdir(downloads)).filter((entry) => entry.startsWith('whisper-tiny-'));
    return (await stat(path.join(downloads, name, `${LARGE_FILE}.part`))).size;
  }

  it(
    'pulls, lists and removes models',
    async () => {
      hub.break(SLOW);
      const pulled = await run('pull', 'tiny', 'tiny.en');
      expect(pulled).toMatchObject({ code: 0, stderr: '' });
      expect(pulled.stdout).toContain(`tiny is ready: ${TINY} at ${hub.commitOf(TINY)}.\n`);
      expect(pulled.stdout).toMatch(/^tiny {2}\d+ % {2}0\.\d of 0\.3 MB$/m);
      expect(await run('pull', 'tiny')).toEqual({ code: 0, stdout: 'tiny is here already.\n', stderr: '' });

      const { stdout } = await run('list', '--json');
      const states = (JSON.parse(stdout) as AdminModelList).models.map(
        ({ name, state }) => `${name} ${state}`,
      );
      expect(states.filter((line) => line.endsWith('ready'))).toEqual([
        'tiny.en ready',
        'tiny ready',
        'base ready',
      ]);
      expect((await run('list')).stdout).toMatch(/^tiny +ready +0\.3 MB +main at [0-9a-f]{8}$/m);

      expect(await run('remove', 'tiny')).toEqual({ code: 0, stdout: 'tiny is removed.\n', stderr: '' });
      expect(await run('remove', 'tiny')).toMatchObject({ code: 1, stdout: '' });
    },
    LIMIT_MS,
  );

  it(
    'goes on, after a kill in the middle, with the bytes that are missing and no others',
    async () => {
      hub.break(SLOW);
      const killed = start('pull', 'tiny');
      await untilMidway();
      killed.child.kill('SIGKILL');
      await killed.end();
      const kept = await partSize();
      hub.break();
      expect((await run('list')).stdout).toMatch(/^tiny +failed .*download_interrupted/m);
      const before = hub.requests.length;

      expect(await run('pull', 'tiny')).toMatchObject({ code: 0 });
      const resumed = hub.requests.slice(before).filter(({ sent }) => sent > 0);
      expect(kept).toBeGreaterThan(0);
      expect(resumed[0]).toMatchObject({
        range: `bytes=${kept}-`,
        sent: (await miniatureSize(LARGE_FILE)) - kept,
      });
      // What came before in the plan was whole, and is not asked for again.
      expect(resumed.map(({ path: asked }) => path.basename(asked))).not.toContain('config.json');
    },
    LIMIT_MS,
  );

  it(
    'stops on Ctrl-C and keeps what it has',
    async () => {
      hub.break(SLOW);
      const stopped = start('pull', 'tiny', 'tiny.en');
      await untilMidway();
      stopped.child.kill('SIGINT');

      expect(await stopped.end()).toMatchObject({
        code: 130,
        stderr: 'Stopped. The next pull goes on from here.\n',
      });
      expect(await partSize()).toBeGreaterThan(0);
      expect(hub.requests.some(({ path: asked }) => asked.includes('tiny.en'))).toBe(false);
    },
    LIMIT_MS,
  );

  it(
    'fetches a model once when two are told to',
    async () => {
      hub.break(SLOW);
      const both = await Promise.all([run('pull', 'tiny'), run('pull', 'tiny')]);

      expect(both.map(({ code }) => code)).toEqual([0, 0]);
      for (const file of PULLED_FILES) {
        expect(hub.contentRequests(`/${file}`).map(({ sent }) => sent)).toEqual([await miniatureSize(file)]);
      }
    },
    LIMIT_MS,
  );

  it(
    'and a running service work on the same models',
    async () => {
      hub.break(SLOW);
      const service = await startService({
        dataDir,
        env: { MODEL_HUB_URL: hub.url, WORKER_EMBEDDED: 'false' },
      });
      const stateOf = async (): Promise<string | undefined> =>
        (await jsonOf<ModelList>(await fetch(`${service.url}/models`))).models.find(
          ({ name }) => name === 'tiny',
        )?.state;
      const pulling = start('pull', 'tiny');
      await untilMidway();
      expect(await stateOf()).toBe('downloading');
      expect(await pulling.end()).toMatchObject({ code: 0 });
      expect(await stateOf()).toBe('ready');
      expect(await run('remove', 'tiny')).toMatchObject({ code: 0 });
      expect(await stateOf()).toBe('available');

      hub.requests.splice(0);
      await fetch(`${service.url}/admin/models/tiny/pull`, { method: 'POST' });
      await untilMidway();
      await service.stop();
      expect((await run('list')).stdout).toMatch(/^tiny +failed .*download_interrupted/m);
      hub.break();
      expect(await run('pull', 'tiny')).toMatchObject({ code: 0 });
    },
    LIMIT_MS,
  );

  it(
    'brings models that a running service transcribes with at once',
    async () => {
      const service = await startService({ dataDir });
      const order = { file: SPEECH, fields: { model: 'tiny', language: 'en' } };
      expect((await upload(service.url, order)).status).toBe(409);
      expect(await run('pull', 'tiny')).toMatchObject({ code: 0 });

      expect(await transcribe(service.url, order)).toMatchObject({ status: 'completed', model: 'tiny' });
      await service.stop();
    },
    LIMIT_MS,
  );

  it(
    'says in a line what went wrong, and goes on with the next model',
    async () => {
      const { code, stdout, stderr } = await run('pull', 'small', 'tiny');

      expect(code).toBe(1);
      expect(stderr).toMatch(/^small: The hub does not have this repository.*\(hub_file_missing\)\n$/);
      expect(stdout).toContain('tiny is ready');
    },
    LIMIT_MS,
  );

  it('does not go to the hub where it must not', async () => {
    const env = { DATA_DIR: dataDir, MODEL_HUB_URL: hub.url, MODEL_HUB_OFFLINE: 'true' };

    expect(await new ModelsCommand(['pull', 'tiny'], env).end()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^tiny: .*\(hub_offline\)\n$/),
    });
    expect(hub.requests).toEqual([]);
  });

  it('reads .env as the service does', async () => {
    await writeFile(path.join(dataDir, '.env'), 'MODEL_REVISION=..\n');

    const { code, stderr } = await new ModelsCommand(['list'], {}, dataDir).end();
    expect([code, stderr]).toEqual([1, expect.stringContaining('MODEL_REVISION=..')]);
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    [[], 'Say what to do'],
    [['fetch', 'tiny'], 'no command "fetch"'],
    [['pull'], 'wants the name'],
    [['pull', 'huge'], 'no model "huge"'],
    [['pull', '--json', 'tiny'], 'Only list'],
    [['list', 'tiny'], 'no names'],
    [['list', '--colour'], '--colour'],
  ])('does not guess what %j means', async (args, message) => {
    const { code, stderr, stdout } = await run(...args);

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: npm run models');
  });

  it('is what the npm script runs', () => {
    const script = path.resolve(import.meta.dirname, '../../scripts/models.mjs');
    const env = { PATH: process.env['PATH'], DATA_DIR: dataDir };
    const { status, stdout } = spawnSync(process.execPath, [script, 'list', '--json'], {
      encoding: 'utf8',
      env,
    });

    expect([status, (JSON.parse(stdout) as AdminModelList).models.length]).toEqual([0, 12]);
  });

  it('explains itself', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('pull NAME …') });
  });
});
