/** Who speaks, in jobs: two people in one mono recording, whose text no failure takes away. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import type { Job, Transcript } from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import {
  fixturePath,
  getTranscript,
  jsonOf,
  problemOf,
  transcribe,
  upload,
  wordsOf,
} from '../support/api-client.js';
import { findChild, killDiarizers } from '../support/engine-process.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const CONVERSATION = 'conversation/conversation.wav';
const ONE_VOICE = 'clips/en/librivox_0890.wav';
const TEST_LIMIT_MS = 120_000;

interface Labels {
  readonly turns: readonly { readonly speaker: string; readonly text: string }[];
}
const { turns } = JSON.parse(readFileSync(fixturePath('conversation/conversation.json'), 'utf8')) as Labels;

const contract = new OpenApiContract();
let service: RunningService;
beforeAll(async () => {
  service = await startService();
}, 90_000);
afterAll(async () => {
  await service.stop();
});

async function transcriptOf(file: string, fields: Record<string, string>): Promise<Transcript> {
  const job = await transcribe(service.url, { file, fields });
  expect(job.status).toBe('completed');
  return getTranscript(service.url, job.job_id);
}

/** Whose words, segment by segment. */
const said = ({ segments, speakers }: Transcript): [string | undefined, string[]][] =>
  segments.map(({ speaker, text }) => [speaker === undefined ? undefined : speakers[speaker], wordsOf(text)]);

/** Numbers as figures, hyphens: how they are written says nothing of who said them. */
function expectTurns(transcript: Transcript): void {
  expect(said(transcript).map(([name]) => name)).toEqual([
    'Speaker 1',
    'Speaker 2',
    'Speaker 1',
    'Speaker 2',
  ]);
  for (const [index, [, words]] of said(transcript).entries()) {
    const [first] = wordsOf(turns[index]?.text ?? '');
    expect(words[0]).toBe(first);
  }
}

describe('a job that asks who speaks', () => {
  it(
    'splits the text by speakers, and names them in files',
    async () => {
      const job = await transcribe(service.url, { file: CONVERSATION, fields: { diarize: 'true' } });
      expect(job).toMatchObject({
        diarize: true,
        num_speakers: null,
        min_speakers: null,
        max_speakers: null,
      });
      const response = await fetch(`${service.url}/transcripts/${job.job_id}`);
      expect(await contract.findFaults('getTranscript', response.clone())).toEqual([]);
      const transcript = await jsonOf<Transcript>(response);
      expectTurns(transcript);
      expect(transcript.diarization).toEqual({ state: 'completed', speakers: 2, error: null, warning: null });
      expect(transcript.segments.some(({ words }) => words !== undefined)).toBe(false);
      for (const format of ['txt', 'srt', 'vtt', 'docx']) {
        const file = await fetch(`${service.url}/transcripts/${job.job_id}/download?format=${format}`);
        const bytes = new Uint8Array(await file.arrayBuffer());
        const text =
          format === 'docx' ? strFromU8(unzipSync(bytes)['word/document.xml'] ?? bytes) : strFromU8(bytes);
        expect(text).toContain('Speaker 1');
        expect(text).toContain('Speaker 2');
      }
    },
    TEST_LIMIT_MS,
  );

  it(
    'goes by what is known of how many there are, and keeps words where they are asked for',
    async () => {
      const fields = { diarize: 'true', num_speakers: '1', words: 'true' };
      const transcript = await transcriptOf(CONVERSATION, fields);
      expect(transcript.speakers).toEqual({ speaker_1: 'Speaker 1' });
      expect(transcript.segments.every(({ words = [] }) => words.length > 0)).toBe(true);
    },
    TEST_LIMIT_MS,
  );

  it(
    'tells speakers apart within channels as well',
    async () => {
      const transcript = await transcriptOf(ONE_VOICE, { diarize: 'true', channels: 'separate' });
      expect(transcript.speakers).toEqual({ speaker_1: 'Speaker 1' });
    },
    TEST_LIMIT_MS,
  );

  it(
    'finds nobody where nobody speaks, and leaves alone who did not ask',
    async () => {
      const silence = await transcriptOf('hard/silence_60s.flac', { diarize: 'true' });
      expect(silence).toMatchObject({
        text: '',
        speakers: {},
        diarization: { state: 'completed', speakers: 0 },
      });
      const plain = await transcriptOf(ONE_VOICE, {});
      expect(plain).toMatchObject({ speakers: {}, diarization: null });
      expect(plain.segments.every((segment) => !('speaker' in segment))).toBe(true);
    },
    TEST_LIMIT_MS,
  );

  it.each<[Record<string, string>, string]>([
    [{ num_speakers: '2' }, 'num_speakers'],
    [{ diarize: 'false', max_speakers: '2' }, 'max_speakers'],
    [{ diarize: 'maybe' }, 'diarize'],
    [{ diarize: 'true', num_speakers: '0' }, 'num_speakers'],
    [{ diarize: 'true', num_speakers: '21' }, 'num_speakers'],
    [{ diarize: 'true', min_speakers: '1.5' }, 'min_speakers'],
    [{ diarize: 'true', num_speakers: '2', max_speakers: '3' }, 'num_speakers'],
    [{ diarize: 'true', min_speakers: '3', max_speakers: '2' }, 'min_speakers'],
  ])('is refused for %j', async (fields, field) => {
    const response = await upload(service.url, { file: ONE_VOICE, fields });
    expect(response.status).toBe(422);
    expect((await problemOf(response)).errors?.map((error) => error.field)).toContain(field);
  });
});

describe('when the diarizer is killed', () => {
  const order = (): Promise<Job> =>
    transcribe(service.url, { file: CONVERSATION, fields: { diarize: 'true', words: 'true' } });

  it(
    'once, another one tells the speakers',
    async () => {
      const [job] = await Promise.all([order(), killDiarizers(service, 1)]);
      expectTurns(await getTranscript(service.url, job.job_id));
    },
    TEST_LIMIT_MS,
  );

  it(
    'again, the text arrives without speakers and says why',
    async () => {
      const [job] = await Promise.all([order(), killDiarizers(service, 2)]);
      expect(job).toMatchObject({ status: 'completed', error: null });
      const transcript = await getTranscript(service.url, job.job_id);
      expect(transcript).toMatchObject({
        speakers: {},
        diarization: { state: 'failed', speakers: null, error: { code: 'diarization_failed' } },
      });
      expect(wordsOf(transcript.text)).toEqual(expect.arrayContaining(['unless', 'quick', 'young']));
      expect(transcript.segments.every((segment) => !('speaker' in segment))).toBe(true);
      const metrics = await (await fetch(`${service.url}/metrics/`)).text();
      expect(metrics).toContain('whisper_diarization_duration_seconds_count{outcome="failed"} 1\n');
    },
    TEST_LIMIT_MS,
  );

  it(
    'the job can be cancelled meanwhile, and its process ends',
    async () => {
      const response = await upload(service.url, { file: CONVERSATION, fields: { diarize: 'true' } });
      const { job_id: id } = await jsonOf<Job>(response);
      await waitFor(() => findChild(service.pid, 'diarizer.child') !== undefined, { what: 'a diarizer' });
      await postJson(`${service.url}/jobs/${id}/cancel`, {});
      await waitFor(() => findChild(service.pid, 'diarizer.child') === undefined, { what: 'its end' });
      const { status } = await jsonOf<Job>(await fetch(`${service.url}/jobs/${id}`));
      expect(['cancelled', 'completed']).toContain(status);
    },
    TEST_LIMIT_MS,
  );
});
