/** How a job has its recording made into text, with real recordings and the bundled model, at every door. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  Batch,
  Job,
  JobList,
  Media,
  Segment,
  Transcript,
  UploadStatus,
} from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { fixturePath, getTranscript, jsonOf, problemOf, transcribe, upload } from '../support/api-client.js';
import { ChunkedClient } from '../support/chunked-client.js';
import { EventStream, segmentsOf } from '../support/event-stream.js';
import { DECODER, MINIATURE_DIR } from '../support/miniature-model.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TusRequests } from '../support/tus-requests.js';
import { waitFor } from '../support/wait-for.js';
import { stereoOf, wavHeader } from '../support/wav-file.js';

const SAMPLE = 'docs/samples/sense-and-sensibility.wav';
const ENGLISH = 'clips/en/librivox_0880.wav';
const FRENCH = 'clips/fr/bonjour_monde.wav';
const PORTUGUESE = 'clips/pt/pangrama.wav';
const LIMIT_MS = 120_000;

const contract = new OpenApiContract();
let modelDir: string;
let service: RunningService;
let stereo: Buffer<ArrayBuffer>;

beforeAll(async () => {
  modelDir = await mkdtemp(path.join(tmpdir(), 'models-'));
  await writeEnglishModel(path.join(modelDir, 'whisper-tiny.en'));
  service = await startService({ env: { MODEL_DIR: modelDir } });
  const [sample, english] = await Promise.all([SAMPLE, ENGLISH].map((name) => readFile(fixturePath(name))));
  stereo = stereoOf(sample as Buffer, english as Buffer);
}, LIMIT_MS);

afterAll(async () => {
  await service.stop();
  await rm(modelDir, { recursive: true });
});

/** The miniature, as one that knows English only and gives no times of words. */
async function writeEnglishModel(dir: string): Promise<void> {
  await cp(MINIATURE_DIR, dir, { recursive: true });
  await cp(path.join(dir, 'variants/decoder_without_cross_attentions.onnx'), path.join(dir, DECODER));
  const file = path.join(dir, 'generation_config.json');
  const settings = JSON.parse(await readFile(file, 'utf8')) as object;
  const english = { ...settings, is_multilingual: false, lang_to_id: undefined, task_to_id: undefined };
  await writeFile(file, JSON.stringify(english));
}

/** What comes of the recording with these options. */
async function transcriptOf(
  recording: { file: string } | { content: Buffer<ArrayBuffer> },
  fields: Readonly<Record<string, string>>,
): Promise<Transcript> {
  const job = await transcribe(service.url, { ...recording, fields });
  expect(job).toMatchObject({ status: 'completed', error: null });
  const response = await fetch(`${service.url}/transcripts/${job.job_id}`);
  expect(await contract.findFaults('getTranscript', response)).toEqual([]);
  return getTranscript(service.url, job.job_id);
}

const download = async ({ job_id: id }: Transcript, format: string): Promise<string> =>
  (await fetch(`${service.url}/transcripts/${id}/download?format=${format}`)).text();

async function streamed({ job_id: id }: Transcript): Promise<Segment[]> {
  const stream = await EventStream.open(`${service.url}/jobs/${id}/events`);
  return segmentsOf(await stream.rest());
}

function expectWordsInside({ start, end, text, words = [] }: Segment): void {
  expect(words.map((word) => word.text).join(' ')).toBe(text);
  expect([words[0]?.start, words.at(-1)?.end]).toEqual([start, end]);
  words.forEach((word, index) => {
    expect(word.start).toBeGreaterThanOrEqual(words[index - 1]?.end ?? 0);
    expect(word.end).toBeGreaterThanOrEqual(word.start);
    expect(word.probability).toBeGreaterThan(0);
    expect(word.probability).toBeLessThanOrEqual(1);
  });
}

describe('a job', () => {
  it(
    'writes English of what is spoken in another language',
    async () => {
      const transcript = await transcriptOf({ file: FRENCH }, { task: 'translate' });
      expect(transcript.language).toBe('fr');
      expect(transcript.text).toMatch(/^(hello|good morning).*world/i);
    },
    LIMIT_MS,
  );

  it(
    'gives words with times, in transcripts, streams and files alike, where they are asked for',
    async () => {
      const transcript = await transcriptOf({ file: SAMPLE }, { words: 'true' });
      expect(transcript.segments.length).toBeGreaterThan(0);
      transcript.segments.forEach(expectWordsInside);
      expect(await streamed(transcript)).toEqual(transcript.segments);
      expect(JSON.parse(await download(transcript, 'json'))).toEqual(transcript);
      expect(transcript.segments[0]).not.toHaveProperty('tokens');

      const plain = await transcriptOf({ file: SAMPLE }, {});
      expect(plain.text).toBe(transcript.text);
      expect(plain.segments[0]).not.toHaveProperty('words');
      expect(await download(plain, 'srt')).toBe(await download(transcript, 'srt'));
    },
    LIMIT_MS,
  );

  it(
    'takes over the spelling of its prompt and of its hotwords',
    async () => {
      expect((await transcriptOf({ file: SAMPLE }, {})).text).toContain('Dashwood');
      for (const option of ['prompt', 'hotwords']) {
        const { text } = await transcriptOf({ file: SAMPLE }, { [option]: 'Mr. Jon Dashwoode' });
        expect(text).toMatch(/Jon|Dashwoode/);
      }
    },
    LIMIT_MS,
  );

  it(
    'draws its text at the temperature that it asks for',
    async () => {
      const { segments } = await transcriptOf({ file: SAMPLE }, { temperature: '0.2' });
      expect(segments.map(({ temperature }) => temperature)).toEqual(segments.map(() => 0.2));
    },
    LIMIT_MS,
  );

  it(
    'hears the channels of a recording each by itself, and names them in files',
    async () => {
      const transcript = await transcriptOf({ content: stereo }, { channels: 'separate', language: 'en' });
      const textOf = (channel: number): string =>
        transcript.segments
          .filter((segment) => segment.channel === channel)
          .map(({ text }) => text)
          .join(' ');
      expect(new Set(transcript.segments.map(({ channel }) => channel))).toEqual(new Set([0, 1]));
      expect(textOf(0)).toContain('Dashwood');
      expect(textOf(1)).toContain('young man');
      expect(await streamed(transcript)).toEqual(transcript.segments);
      expect(await download(transcript, 'vtt')).toMatch(/^<v Channel 2>He was not/m);
      expect(await download(transcript, 'srt')).toMatch(/^Channel 2: He was not/m);
      expect(await download(transcript, 'txt')).toMatch(/^Channel 1: /m);
    },
    LIMIT_MS,
  );

  it(
    'hears a recording with one channel as ever, whatever it asks for',
    async () => {
      const transcript = await transcriptOf({ file: ENGLISH }, { channels: 'separate' });
      expect(transcript.text).toContain('young man');
      expect(transcript.segments[0]).not.toHaveProperty('channel');
    },
    LIMIT_MS,
  );

  it(
    'that was cancelled can be tried again with other options, and keeps those that are not named',
    async () => {
      const fields = { prompt: 'A prompt.', channels: 'separate', words: 'true' };
      const { job_id: id } = await jsonOf<Job>(await upload(service.url, { file: SAMPLE, fields }));
      await fetch(`${service.url}/jobs/${id}/cancel`, { method: 'POST' });
      const response = await postJson(`${service.url}/jobs/${id}/retry`, { words: false, prompt: '' });
      expect(await contract.findFaults('retryJob', response.clone())).toEqual([]);
      expect(await jsonOf<Job>(response)).toMatchObject({ ...NOTHING, channels: 'separate' });
      await waitFor(async () => (await jobAt(id)).status === 'completed', { limitMs: LIMIT_MS });
      expect((await getTranscript(service.url, id)).segments[0]).not.toHaveProperty('words');
    },
    LIMIT_MS,
  );
});

const jobAt = async (id: string): Promise<Job> => jsonOf<Job>(await fetch(`${service.url}/jobs/${id}`));

/** Of a job that asks for nothing. */
const NOTHING = {
  task: 'transcribe',
  words: false,
  prompt: null,
  hotwords: null,
  temperature: null,
  channels: 'mixed',
};

/** Of one that asks for everything, in the words of a form. */
const FIELDS = {
  task: 'translate',
  words: 'true',
  prompt: 'The “quick” fox.',
  hotwords: 'fox, dog',
  temperature: '0.2',
  channels: 'separate',
};
const OPTIONS = { ...FIELDS, words: true, temperature: 0.2 };

describe('what a job asks for', () => {
  it('is told by the job, and what the user wrote only there', async () => {
    const none = await jsonOf<Job>(await upload(service.url, { file: PORTUGUESE }));
    expect(none).toMatchObject(NOTHING);
    const response = await upload(service.url, { file: PORTUGUESE, fields: FIELDS });
    expect(await contract.findFaults('createTranscription', response.clone())).toEqual([]);
    const job = await jsonOf<Job>(response);
    expect(job).toMatchObject(OPTIONS);

    const { jobs } = await jsonOf<JobList>(await fetch(`${service.url}/jobs`));
    const listed = jobs.find(({ job_id: id }) => id === job.job_id);
    expect(listed).toMatchObject({ task: 'translate', words: true, temperature: 0.2, channels: 'separate' });
    expect(listed).not.toHaveProperty('prompt');
    expect(service.log()).not.toContain('quick');
  });

  it('comes through every door', async () => {
    const file = await readFile(fixturePath(PORTUGUESE));
    const { media_id: media } = await jsonOf<Media>(
      await upload(service.url, { path: '/media', content: file, filename: 'a.wav' }),
    );
    const stored = await jsonOf<Job>(await postJson(`${service.url}/media/${media}/jobs`, OPTIONS));
    const { batch_id: batch } = await jsonOf<Batch>(
      await postJson(`${service.url}/jobs/batch`, { media_ids: [media], ...OPTIONS }),
    );
    const batched = await jsonOf<JobList>(await fetch(`${service.url}/jobs?batch_id=${batch}`));
    const doors = [stored.job_id, batched.jobs[0]?.job_id, await byChunks(file), await byTus(file)];
    for (const id of doors) expect(await jobAt(id ?? '')).toMatchObject(OPTIONS);
  });

  async function byChunks(file: Buffer<ArrayBuffer>): Promise<string> {
    const client = new ChunkedClient(service.url);
    const begun = await client.beginFor(file, OPTIONS);
    await client.sendAll(begun, file, [...Array(begun.total_chunks).keys()]);
    return (await client.finish(begun.session_id)).job_id ?? '';
  }

  async function byTus(file: Buffer<ArrayBuffer>): Promise<string> {
    const tus = new TusRequests(`${service.url}/uploads/tus`);
    const url = await tus.begin(file.length, FIELDS);
    await tus.append(url, 0, file);
    const status = `${service.url}/uploads/${url.split('/').at(-1) ?? ''}/status`;
    const statusNow = async (): Promise<UploadStatus> => jsonOf<UploadStatus>(await fetch(status));
    await waitFor(async () => (await statusNow()).status === 'completed');
    return (await statusNow()).job_id ?? '';
  }

  it.each<[string, string]>([
    ['task', 'sing'],
    ['words', 'yes'],
    ['temperature', '1.1'],
    ['temperature', '-0.1'],
    ['temperature', 'warm'],
    ['channels', 'left'],
    ['prompt', 'a\0b'],
    ['prompt', 'a'.repeat(2001)],
    ['hotwords', 'a'.repeat(2001)],
  ])('is refused by its name where it cannot be: %s', async (field, value) => {
    const response = await upload(service.url, { file: PORTUGUESE, fields: { [field]: value } });
    const { code, errors } = await problemOf(response);
    expect([response.status, code, errors?.map((error) => error.field)]).toEqual([
      422,
      'validation_failed',
      [field],
    ]);
  });

  it('is refused where it holds half a character, which no form can say', async () => {
    const response = await postJson(`${service.url}/jobs/batch`, { media_ids: [], prompt: '\ud800' });
    const { errors } = await problemOf(response);
    expect(errors?.map(({ field }) => field)).toContain('prompt');
  });

  it('is refused where the model knows English only and is to translate', async () => {
    const fields = { model: 'tiny.en', task: 'translate' };
    const response = await upload(service.url, { file: PORTUGUESE, fields });
    expect(await contract.findFaults('createTranscription', response.clone())).toEqual([]);
    expect([response.status, (await problemOf(response)).code]).toEqual([422, 'task_unsupported']);
  });

  it(
    'fails the job where its model turns out to know no times of words',
    async () => {
      const fields = { model: 'tiny.en', words: 'true' };
      expect(await transcribe(service.url, { file: PORTUGUESE, fields })).toMatchObject({
        status: 'failed',
        error: { code: 'option_unsupported' },
      });
    },
    LIMIT_MS,
  );

  it('is refused where the recording has more channels than are heard each by itself', async () => {
    const surround = Buffer.concat([wavHeader({ channels: 9, bytes: 18 * 1600 }), Buffer.alloc(18 * 1600)]);
    const fields = { channels: 'separate' };
    const response = await upload(service.url, { content: surround, fields });
    expect([response.status, (await problemOf(response)).code]).toEqual([422, 'too_many_channels']);
    expect((await upload(service.url, { content: surround })).status).toBe(202);
  });
});
