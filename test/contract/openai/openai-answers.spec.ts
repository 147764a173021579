/** What the OpenAI API answers, in each of its formats. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { fixturePath, jsonOf } from '../../support/api-client.js';
import { OpenApiContract } from '../../support/openapi-contract.js';
import { askOpenAi, refusalOf, SPEECH, SPOKEN, type Part } from '../../support/openai-requests.js';
import { startService, type RunningService } from '../../support/start-service.js';
import { stereoOf } from '../../support/wav-file.js';

const FRENCH = 'clips/fr/bonjour_monde.wav';
const OTHER = 'clips/en/librivox_0880.wav';
const SEGMENT_KEYS = [
  'avg_logprob',
  'compression_ratio',
  'end',
  'id',
  'no_speech_prob',
  'seek',
  'start',
  'temperature',
  'text',
  'tokens',
];

const contract = new OpenApiContract();
let service: RunningService;

beforeAll(async () => {
  service = await startService();
}, 90_000);

afterAll(async () => {
  await service.stop();
});

const ask = (...fields: Part[]): Promise<Response> =>
  askOpenAi(service.url, [['model', 'whisper-1'], ...fields, ['file', { file: SPEECH }]]);

/** The data of its events. */
async function eventsOf(answer: Response): Promise<string[]> {
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const blocks = (await answer.text())
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'));
  expect(blocks.every((block) => block.startsWith('data: '))).toBe(true);
  return blocks.map((block) => block.slice('data: '.length));
}

interface Event {
  readonly type: string;
  readonly delta?: string;
  readonly text?: string;
  readonly usage?: unknown;
  readonly logprobs?: { bytes: number[]; logprob: number }[];
}

describe('the formats', () => {
  it.each([
    ['text', `${SPOKEN}\n`],
    ['srt', /^1\n\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}\nAnd Mr\. John .*\.\n$/],
    ['vtt', /^WEBVTT\n\n\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}\nAnd Mr\. John .*\.\n$/],
  ])('%s is plain text (T2)', async (format, expected) => {
    const answer = await ask(['response_format', format]);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await contract.findFaults('createOpenAiTranscription', answer.clone())).toEqual([]);
    const text = await answer.text();

    expect(expected instanceof RegExp ? expected.test(text) : text).toBe(
      expected instanceof RegExp ? true : expected,
    );
  });

  it('verbose_json has all that is known of the segments (T3)', async () => {
    const answer = await ask(['response_format', 'verbose_json']);
    expect(await contract.findFaults('createOpenAiTranscription', answer.clone())).toEqual([]);
    const { segments, ...rest } = await jsonOf<{ segments: { tokens: number[] }[] }>(answer);

    expect(rest).toEqual({
      task: 'transcribe',
      language: 'english',
      duration: 7.1,
      text: SPOKEN,
      usage: { type: 'duration', seconds: 8 },
    });
    for (const segment of segments) expect(Object.keys(segment).toSorted()).toEqual(SEGMENT_KEYS);
    expect(segments[0]?.tokens.length).toBeGreaterThan(10);
  });

  it('diarized_json tells the channels apart (T30)', async () => {
    const [left, right] = await Promise.all([SPEECH, OTHER].map((name) => readFile(fixturePath(name))));
    const form = new FormData();
    form.set('model', 'gpt-4o-transcribe-diarize');
    form.set('response_format', 'diarized_json');
    form.set('file', new Blob([stereoOf(left as Buffer, right as Buffer)]), 'two.wav');
    const answer = await fetch(`${service.url}/v1/audio/transcriptions`, { method: 'POST', body: form });
    expect(await contract.findFaults('createOpenAiTranscription', answer.clone())).toEqual([]);
    const { text, segments } = await jsonOf<{
      text: string;
      segments: { speaker: string; text: string; start: number; end: number }[];
    }>(answer);

    expect(segments[0]?.speaker).toBe('A');
    expect([...new Set(segments.map(({ speaker }) => speaker))].toSorted()).toEqual(['A', 'B']);
    expect(segments.map((segment) => segment.text).join(' ')).toBe(text);
    for (const name of ['A', 'B']) {
      const times = segments
        .filter(({ speaker }) => speaker === name)
        .flatMap(({ start, end }) => [start, end]);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
    }
  });

  it('json includes log-probabilities whose bytes are the text (T31)', async () => {
    const answer = await ask(['include[]', 'logprobs']);
    expect(await contract.findFaults('createOpenAiTranscription', answer.clone())).toEqual([]);
    const { text, logprobs = [] } = await jsonOf<Event>(answer);

    expect(Buffer.from(logprobs.flatMap(({ bytes }) => bytes)).toString('utf8')).toBe(text);
    expect(Math.max(...logprobs.map(({ logprob }) => logprob))).toBeLessThanOrEqual(0);
  });
});

describe('a stream', () => {
  it.each(['json', 'text', 'srt', 'vtt', 'verbose_json', 'diarized_json'])(
    'with the format %s is events whose deltas are the text (T7)',
    async (format) => {
      const events = await eventsOf(await ask(['response_format', format], ['stream', 'true']));
      expect(events.at(-1)).toBe('[DONE]');
      const all = events.slice(0, -1).map((data) => JSON.parse(data) as Event);
      const done = all.at(-1);

      const types = new Set(all.map(({ type }) => type));
      expect([...types].toSorted()).toEqual([
        'transcript.text.delta',
        'transcript.text.done',
        ...(format === 'diarized_json' ? ['transcript.text.segment'] : []),
      ]);
      expect(all.map(({ delta = '' }) => delta).join('')).toBe(SPOKEN);
      expect(done).toMatchObject({
        type: 'transcript.text.done',
        text: SPOKEN,
        languages: [{ code: 'en' }],
        usage: { type: 'tokens', input_token_details: { audio_tokens: 355 } },
      });
      expect(all.filter(({ type }) => type === 'transcript.text.done')).toHaveLength(1);
    },
  );

  it('has the log-probabilities of each delta, and of all at its end (T31)', async () => {
    const events = await eventsOf(await ask(['include[]', 'logprobs'], ['stream', 'true']));
    const all = events.slice(0, -1).map((data) => JSON.parse(data) as Event);
    const done = all.at(-1)?.logprobs ?? [];

    expect(all.slice(0, -1).flatMap(({ logprobs = [] }) => logprobs)).toEqual(done);
    expect(Buffer.from(done.flatMap(({ bytes }) => bytes)).toString('utf8')).toBe(SPOKEN);
  });
});

describe('a language', () => {
  const askFrench = (fields: Part[], path?: string): Promise<Response> =>
    askOpenAi(
      service.url,
      [['model', 'base'], ['response_format', 'verbose_json'], ...fields, ['file', { file: FRENCH }]],
      path === undefined ? {} : { path },
    );

  it.each(['', 'fr', 'fr-FR', 'French'])('may be named as "%s"', async (language) => {
    expect(await (await askFrench([['language', language]])).json()).toMatchObject({
      language: 'french',
      text: expect.stringMatching(/bonjour/i),
    });
  });

  it.each([
    ['response_format', 'diarized_json', 'unsupported_value'],
    ['stream', 'true', 'unsupported_parameter'],
  ])('has no %s=%s in translations', async (name, value, code) => {
    const answer = await askFrench([[name, value]], '/v1/audio/translations');
    expect(await contract.findFaults('createOpenAiTranslation', answer.clone())).toEqual([]);

    expect(await refusalOf(answer)).toEqual([400, name, code]);
  });

  it('is English in translations', async () => {
    const answer = await askFrench([], '/v1/audio/translations');
    expect(await contract.findFaults('createOpenAiTranslation', answer.clone())).toEqual([]);

    expect(await answer.json()).toMatchObject({
      task: 'translate',
      language: 'english',
      text: expect.stringMatching(/hello|good/i),
    });
  });
});
