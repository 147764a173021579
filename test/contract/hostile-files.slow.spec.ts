/** Files and names that are made to hurt, sent as strangers would: each answer is documented, and the service goes on. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, JobList } from '@whisper-transcriber/client-sdk';
import { jsonOf, problemOf, upload, type UploadInput } from '../support/api-client.js';
import { startCanary, type Canary } from '../support/canary.js';
import { bigFiles, longFiles, twistedFiles } from '../support/hostile-files.js';
import { matroska } from '../support/matroska-file.js';
import { tone } from '../support/media-bytes.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { formWith, send } from '../support/raw-request.js';
import { referringFiles } from '../support/referring-files.js';
import { startService, type RunningService } from '../support/start-service.js';

const LIMIT_MS = 120_000;
const contract = new OpenApiContract();

let service: RunningService;

beforeAll(async () => {
  service = await startService({ env: { MAX_AUDIO_HOURS: '2', WORKER_EMBEDDED: 'false' } });
}, 90_000);

afterAll(async () => {
  await service.stop();
});

async function answerTo(input: UploadInput): Promise<[status: number, code: string | null]> {
  const response = await upload(service.url, input);
  expect(await contract.findFaults('createTranscription', response.clone())).toEqual([]);
  return [response.status, response.ok ? null : (await problemOf(response)).code];
}

const countJobs = async (): Promise<number> =>
  (await jsonOf<JobList>(await fetch(`${service.url}/jobs`))).total;

/** Bytes of uploads that no recording has. */
const leftovers = (): Promise<string[]> => readdir(path.join(service.dataDir, 'blobs', 'staging'));

describe('a hostile file', () => {
  it(
    'is answered as the first look at it says',
    async () => {
      const files = [...longFiles(), ...bigFiles(), ...twistedFiles()].filter(
        ({ content }) => content.length < 2 ** 25,
      );
      const answers: [what: string, code: string | null][] = [];
      for (const { what, content } of files) {
        const [, code] = await answerTo({ content, filename: 'talk.wav' });
        answers.push([what, code]);
      }
      expect(answers).toEqual(files.map(({ what, probe }) => [what, probe]));
      expect(await leftovers()).toEqual([]);
    },
    LIMIT_MS,
  );

  describe('that names other files and addresses', () => {
    let folder: string;
    let canary: Canary;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'canary-'));
      canary = await startCanary(folder);
    });

    afterAll(async () => {
      await canary.stop();
      await rm(folder, { recursive: true });
    });

    it(
      'reads none of them',
      async () => {
        for (const [filename, content] of referringFiles(canary.path, canary.url)) {
          const [status] = await answerTo({ content, filename });
          expect([filename, [202, 415, 422].includes(status)]).toEqual([filename, true]);
        }
        expect(await canary.touched()).toEqual([]);
      },
      LIMIT_MS,
    );
  });

  it('leaves a service that takes the next one', async () => {
    expect(await answerTo({ file: 'formats/sentence.mp3' })).toEqual([202, null]);
  });
});

describe('a hostile name', () => {
  async function nameOf(filename: string): Promise<string> {
    const { contentType, body } = formWith(filename);
    const options = { method: 'POST', headers: { 'content-type': contentType } };
    const answer = await send(`${service.url}/upload`, options, body);
    expect([answer.status, answer.body]).toEqual([202, expect.any(String)]);
    return (JSON.parse(answer.body) as Job).original_filename;
  }

  it.each([
    ['right-to-left marks', 'talk\u202e3pm.exe\u202c.mp3', 'talk3pm.exe.mp3'],
    ['zero-width characters', 'ta\u200blk\u2060\ufeff.mp3', 'talk.mp3'],
    ['control characters', 'ta\u0001l\u001b[31mk\u007f\u0085.mp3', 'tal[31mk.mp3'],
    ['line separators', 'ta\u2028l\u2029k.mp3', 'talk.mp3'],
    ['many accents', `a${'\u0301'.repeat(50)}.mp3`, `a${'\u0301'.repeat(50)}.mp3`],
    ['scripts of the world', 'فيديو разговор 会話 🎧.mp3', 'فيديو разговор 会話 🎧.mp3'],
    ['half of a character', 'talk\ud83c.mp3', 'talk\ufffd.mp3'],
    ['dots only', '..', 'recording'],
    ['nothing but a folder', '../../', 'recording'],
    ['a template', '${7*7}{{7*7}}<%= 7 %>.mp3', '${7*7}{{7*7}}<%= 7 %>.mp3'],
    ['a name of a device', 'CON', 'CON'],
  ])('with %s is kept as far as it can be shown', async (_what, sent, kept) => {
    expect(await nameOf(sent)).toBe(kept);
  });

  it.each([10_000, 100_000])('of %d bytes is cut', async (length) => {
    expect(await nameOf('n'.repeat(length))).toBe('n'.repeat(255));
  });
});

describe('the choice of a track', () => {
  const content = matroska({
    tracks: [
      { samples: tone(300, 2, 16_000), sampleRate: 16_000 },
      { samples: tone(900, 2, 16_000), sampleRate: 16_000, isDefault: true },
      { samples: tone(900, 2, 16_000), sampleRate: 16_000, codec: 'A_QUICKTIME/XXXX' },
    ],
  });

  it.each([
    ['0', 0],
    ['1', 1],
    [undefined, null],
  ])('%p is in the answer about the job', async (track, shown) => {
    const fields = track === undefined ? {} : { track };
    const job = await jsonOf<Job>(await upload(service.url, { content, fields }));
    expect(job.track).toBe(shown);
    expect((await jsonOf<Job>(await fetch(`${service.url}/jobs/${job.job_id}`))).track).toBe(shown);
  });

  it('that the file does not have is refused with the number of those that it has, and nothing is kept', async () => {
    const before = await countJobs();
    const problem = await problemOf(await upload(service.url, { content, fields: { track: '3' } }));
    expect(problem).toMatchObject({
      status: 422,
      code: 'track_unknown',
      detail: 'The file has 3 audio tracks, numbered from 0 to 2.',
    });
    expect(await countJobs()).toBe(before);
    expect(await leftovers()).toEqual([]);
  });

  it('that cannot be read is refused for its coding', async () => {
    expect(await answerTo({ content, fields: { track: '2' } })).toEqual([415, 'unsupported_media']);
  });

  it.each(['-1', '1.5', 'first', ' ', '0x1', '1e0', '99999999999'])(
    '%p is no number of a track',
    async (track) => {
      const problem = await problemOf(await upload(service.url, { content, fields: { track } }));
      expect([problem.code, problem.errors]).toEqual([
        'validation_failed',
        [{ field: 'track', message: 'has to be a whole number, 0 or more' }],
      ]);
    },
  );
});
