/** The command line `whisper-transcriber` as a process, against a running service. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Job, JobList } from '@whisper-transcriber/client-sdk';
import { bearer, createApiKey } from '../support/accounts.js';
import { fixturePath, getTranscript, jsonOf, transcribe, upload } from '../support/api-client.js';
import { TranscriberCommand, type CommandResult } from '../support/built-command.js';
import { findFreePort } from '../support/free-port.js';
import type { HubMirror } from '../support/hub-mirror.js';
import { longRecording } from '../support/long-recording.js';
import { openMiniatureHub } from '../support/miniature-model.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { OutsideServer } from '../support/outside-server.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(120_000);

const CLIP = fixturePath('clips/fr/bonjour_monde.wav');
const CLIP_TOO = fixturePath('bad/text.mp3');
/** Some minutes: long enough to be met at work. */
const LONG_BYTES = 5 * 60 * 32_000;

let hub: HubMirror;
let service: RunningService;
let modelDir: string;
let expected: string;
let home: string;

beforeAll(async () => {
  hub = await openMiniatureHub();
  modelDir = await mkdtemp(path.join(tmpdir(), 'cli-models-'));
  service = await startService({
    env: { MODEL_HUB_URL: hub.url, MODEL_DIR: modelDir, URL_FETCH_ALLOW: '127.0.0.1' },
  });
  const job = await transcribe(service.url, { file: 'clips/fr/bonjour_monde.wav' });
  ({ text: expected } = await getTranscript(service.url, job.job_id));
});

afterAll(async () => {
  await service.stop();
  await hub.close();
  await rm(modelDir, { recursive: true, force: true });
});

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'cli-'));
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

const start = (...args: string[]): TranscriberCommand =>
  new TranscriberCommand(args, home, { WHISPER_URL: service.url });
const run = (...args: string[]): Promise<CommandResult> => start(...args).end();

async function newestJob(): Promise<Job> {
  const { jobs } = await jsonOf<JobList>(await fetch(`${service.url}/jobs?limit=1`));
  return jsonOf<Job>(await fetch(`${service.url}/jobs/${jobs[0]?.job_id ?? ''}`));
}

const linesOf = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('transcribe', () => {
  it('prints the text of a file, and tells how far it is beside it', async () => {
    const { code, stdout, stderr } = await run('transcribe', CLIP, '--language', 'fr', '--model', 'base');

    expect([code, stdout.trim()]).toEqual([0, expected.trim()]);
    expect(stderr).toMatch(/bonjour_monde\.wav: uploading 100 %\n(.*\n)*.*: done\n$/);
    expect(await newestJob()).toMatchObject({ original_filename: 'bonjour_monde.wav', language: 'fr' });
  });

  it('writes a file for each recording of a folder, as the format wants it', async () => {
    await mkdir(path.join(home, 'talks/more'), { recursive: true });
    await copyFile(CLIP, path.join(home, 'talks/one.wav'));
    await copyFile(CLIP, path.join(home, 'talks/more/two.wav'));
    await writeFile(path.join(home, 'talks/notes.txt'), 'no recording');

    const { code, stdout } = await run('transcribe', 'talks', '--format', 'srt', '--out', 'texts', '--json');

    expect(code).toBe(0);
    expect((await readdir(path.join(home, 'texts'), { recursive: true })).toSorted()).toEqual([
      'more',
      'more/two.srt',
      'one.srt',
    ]);
    expect(await readFile(path.join(home, 'texts/one.srt'), 'utf8')).toMatch(/^1\r?\n00:00:0.*-->/);
    expect(linesOf(stdout)).toHaveLength(2);
    expect(linesOf(stdout)).toContainEqual({
      input: 'talks/one.wav',
      job_id: expect.any(String),
      status: 'completed',
      written: 'texts/one.srt',
    });
  });

  it('gives recordings of the same name results of their own, and sends once what is named twice', async () => {
    await mkdir(path.join(home, 'other'));
    const files = ['talk.wav', 'talk.mp3', 'other/talk.wav', 'alone.wav'];
    for (const name of files) await copyFile(CLIP, path.join(home, name));

    const { code, stdout } = await run('transcribe', ...files, './talk.wav', '--out', 'texts', '--json');

    expect(code).toBe(0);
    const written = linesOf(stdout) as { input: string; written: string }[];
    expect(written.map(({ input, written }) => [input, written]).toSorted()).toEqual([
      ['alone.wav', 'texts/alone.txt'],
      ['other/talk.wav', 'texts/talk.wav-2.txt'],
      ['talk.mp3', 'texts/talk.mp3.txt'],
      ['talk.wav', 'texts/talk.wav.txt'],
    ]);
  });

  it('takes an address', async () => {
    const content = await readFile(CLIP);
    const server = await OutsideServer.http((_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/wav' }).end(content);
    });
    try {
      const { code, stdout } = await run('transcribe', server.url('/talk.wav', '127.0.0.1'));
      expect([code, stdout.trim()]).toEqual([0, expected.trim()]);
    } finally {
      await server.close();
    }
  });

  it('ends with 1 where some failed, and does the others all the same', async () => {
    const { code, stdout, stderr } = await run('transcribe', fixturePath('bad/text.mp3'), CLIP);

    expect([code, stdout.trim()]).toEqual([1, `${CLIP}:\n${expected.trim()}`]);
    expect(stderr).toMatch(/text\.mp3: failed: .*unsupported_media/);
  });

  it('cancels its job when it is interrupted, and ends with 130', async () => {
    const long = path.join(home, 'long.wav');
    await writeFile(long, await longRecording(LONG_BYTES));
    const command = start('transcribe', long);
    await waitFor(() => command.stderr.includes('transcribing'), { what: 'the work' });

    command.child.kill('SIGINT');

    expect(await command.end()).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('Interrupted. What was being transcribed is cancelled.'),
    });
    expect((await newestJob()).status).toBe('cancelled');
  });
});

describe('jobs', () => {
  it('lists them, shows one, and says which there are as JSON', async () => {
    const { job_id: id } = await newestJob();

    expect((await run('jobs', '--limit', '1')).stdout).toMatch(new RegExp(`^ID +STATUS.*\n${id} `));
    expect(JSON.parse((await run('jobs', 'show', id)).stdout)).toMatchObject({ job_id: id });
    const { stdout } = await run('jobs', 'list', '--status', 'failed', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ jobs: [] });
  });

  it('cancels, tries again and deletes', async () => {
    const content = await longRecording(LONG_BYTES);
    const { job_id: id } = await jsonOf<Job>(await upload(service.url, { content }));
    const statusOf = async (): Promise<[number, string | undefined]> => {
      const response = await fetch(`${service.url}/jobs/${id}`);
      return [response.status, (await jsonOf<Job>(response)).status];
    };

    expect(await run('jobs', 'cancel', id)).toMatchObject({ code: 0, stdout: `${id}: cancel done\n` });
    expect(await statusOf()).toEqual([200, 'cancelled']);
    expect(await run('jobs', 'retry', id)).toMatchObject({ code: 0 });
    expect((await statusOf())[1]).toMatch(/queued|processing/);
    await run('jobs', 'cancel', id);
    expect(await run('jobs', 'delete', id)).toMatchObject({ code: 0 });
    expect((await statusOf())[0]).toBe(404);
    expect(await run('jobs', 'cancel', id, UNKNOWN_ID)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/job_not_found.*\n.*job_not_found/),
    });
  });
});

describe('models', () => {
  it('lists them, and pulls one until it is ready', async () => {
    expect((await run('models')).stdout).toMatch(/^base +ready .*default$/m);

    expect(await run('models', 'pull', 'tiny')).toMatchObject({ code: 0, stdout: 'tiny: ready\n' });
    expect((await run('models')).stdout).toMatch(/^tiny +ready/m);
    expect(await run('models', 'pull', 'huge')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('model_unknown'),
    });
  });
});

describe('login', () => {
  const SETTINGS = '.config/whisper-transcriber/settings.json';

  it('keeps an address and a key that only the user can read, and only for this address', async () => {
    const { key } = await createApiKey(service.url, ['read']);
    bearer(key);
    const { code, stdout } = await new TranscriberCommand(['login', `${service.url}/`], home, {
      input: `${key}\n`,
    }).end();

    expect([code, stdout]).toEqual([0, expect.stringContaining(service.url)]);
    expect(stdout).not.toContain(key);
    expect((await stat(path.join(home, SETTINGS))).mode & 0o777).toBe(0o600);
    // The key may read, and nothing else: it is what is sent.
    expect((await new TranscriberCommand(['jobs'], home).end()).code).toBe(0);
    const refused = await new TranscriberCommand(['transcribe', CLIP], home).end();
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('access_denied') });
    const seen: unknown[] = [];
    const other = await OutsideServer.http(({ headers }, response) => {
      seen.push(headers.authorization);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    try {
      await new TranscriberCommand(['jobs', '--url', other.url('', '127.0.0.1')], home).end();
      expect(seen.length).toBeGreaterThan(0);
      expect(new Set(seen)).toEqual(new Set([undefined]));
    } finally {
      await other.close();
    }
  });

  it('does not keep a key that is wrong', async () => {
    const command = new TranscriberCommand(['login', service.url], home, { input: 'wt_wrong\n' });

    expect(await command.end()).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('unauthenticated'),
    });
    expect(await readdir(home)).toEqual([]);
  });
});

describe('the exit code', () => {
  it.each([
    [[]],
    [['nonsense']],
    [['constructor']],
    [['jobs', 'toString', UNKNOWN_ID]],
    [['transcribe']],
    [['transcribe', 'no-such-file.wav']],
    [['transcribe', CLIP, '--format', 'doc']],
    [['transcribe', '--watch', '.']],
    [['transcribe', CLIP, '--no-such-option']],
    [['transcribe', CLIP, '--status', 'failed']],
    [['jobs', 'repair', UNKNOWN_ID]],
    [['jobs', 'cancel']],
    [['models', 'pull']],
    [['jobs', '--url', 'ftp://example.com']],
    [['jobs', '--status', 'bogus']],
    [['jobs', '--limit', '0']],
    [['transcribe', 'ftp://example.com/talk.wav']],
    [['transcribe', '.']],
    [['transcribe', CLIP, CLIP_TOO, '--format', 'srt']],
    [['transcribe', CLIP, '--out', CLIP]],
    [['transcribe', CLIP, '--out', '/proc/nope/more']],
    [['transcribe', '--watch', CLIP, '--out', 'texts']],
  ])('is 2 for %j', async (args) => {
    expect(await run(...args)).toMatchObject({ code: 2, stdout: '' });
  });

  it('is 3 where nobody answers, and 4 where the key is wrong', async () => {
    const nobody = `http://127.0.0.1:${await findFreePort()}`;

    expect((await run('transcribe', CLIP, '--url', nobody)).code).toBe(3);
    const env = { WHISPER_URL: service.url, WHISPER_API_KEY: 'wt_wrong' };
    expect((await new TranscriberCommand(['jobs'], home, env).end()).code).toBe(4);
    expect((await new TranscriberCommand(['transcribe', CLIP], home, env).end()).code).toBe(4);
  });

  it.each<[string, string[], Record<string, string>, object]>([
    ['a recording', ['transcribe', fixturePath('bad/text.mp3')], {}, { code: 'unsupported_media' }],
    ['a job', ['jobs', 'cancel', UNKNOWN_ID], {}, { code: 'job_not_found', job_id: UNKNOWN_ID }],
    ['a model', ['models', 'pull', 'huge'], {}, { code: 'model_unknown' }],
    ['a command', ['jobs', 'repair', UNKNOWN_ID], {}, { code: 'usage' }],
    ['a key', ['jobs'], { WHISPER_API_KEY: 'wt_wrong' }, { code: 'unauthenticated' }],
    ['a service that is away', ['jobs'], { WHISPER_URL: 'http://127.0.0.1:1' }, { code: 'unreachable' }],
  ])(
    'comes with a line of JSON where %s is to blame and --json is asked for',
    async (_what, args, env, line) => {
      const settings = { WHISPER_URL: service.url, ...env };
      const { code, stdout } = await new TranscriberCommand([...args, '--json'], home, settings).end();

      expect(code).not.toBe(0);
      expect(linesOf(stdout)).toEqual([
        expect.objectContaining({ status: 'failed', error: expect.any(String), ...line }),
      ]);
    },
  );

  it('is 2 for a key that no header takes, which is not shown', async () => {
    const env = { WHISPER_URL: service.url, WHISPER_API_KEY: 'wt_very\nsecret' };
    const { code, stdout, stderr } = await new TranscriberCommand(['jobs', '--json'], home, env).end();
    expect([code, (stdout + stderr).includes('secret')]).toEqual([2, false]);
  });

  it.each(['transcribe', 'jobs', 'models', 'login'])(
    'is 0 for the help of %s, which has its own',
    async (name) => {
      expect(await run(name, '--help')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(new RegExp(`^whisper-transcriber ${name}`)),
      });
    },
  );

  it('is 0 for help and version', async () => {
    expect(await run('--help')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('130 interrupted'),
    });
    expect(await run('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});
