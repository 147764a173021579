/** Forms of the OpenAI API in all the ways in which clients write them, and what is wrong with them. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobList } from '@whisper-transcriber/client-sdk';
import { fixturePath, jsonOf } from '../../support/api-client.js';
import { OpenApiContract } from '../../support/openapi-contract.js';
import { askOpenAi, refusalOf, SPEECH, SPOKEN, type Part } from '../../support/openai-requests.js';
import { startService, type RunningService } from '../../support/start-service.js';

const FILE: Part = ['file', { file: SPEECH }];
const MODEL: Part = ['model', 'whisper-1'];
const TRANSCRIPTION = 'createOpenAiTranscription';

const contract = new OpenApiContract();
let service: RunningService;

beforeAll(async () => {
  service = await startService({ env: { MAX_UPLOAD_MB: '1', OPENAI_KEEP_JOBS: 'true' } });
}, 90_000);

afterAll(async () => {
  await service.stop();
});

describe('a form of the OpenAI API', () => {
  const WORDS: Part[] = [['response_format', 'verbose_json']];

  it.each<[string, Part[]]>([
    ['with the fields before the file', [MODEL, FILE]],
    ['with the file before the fields', [FILE, MODEL]],
    ['with empty fields', [MODEL, ['language', ''], ['stream', 'null'], FILE]],
    ['with stream=false', [MODEL, ['stream', 'false'], FILE]],
    ['with fields that nobody knows', [MODEL, ['vad_filter', 'true'], ['nested[k]', '1'], FILE]],
    ['with a chunking strategy as JSON', [MODEL, ['chunking_strategy', '{"type":"server_vad"}'], FILE]],
    ['with one in brackets', [MODEL, ['chunking_strategy[type]', 'server_vad'], FILE]],
    ['with an automatic one', [MODEL, ['chunking_strategy', 'auto'], FILE]],
    ['with one language in a list', [MODEL, ['languages[]', 'en'], FILE]],
    ['with a temperature as Python writes it', [MODEL, ['temperature', '0.0'], FILE]],
    ['with a file without a name that says what it is', [MODEL, ['file', { file: SPEECH, name: 'upload' }]]],
  ])('%s is understood (T4)', async (_what, parts) => {
    const answer = await askOpenAi(service.url, parts);
    expect(await contract.findFaults(TRANSCRIPTION, answer.clone())).toEqual([]);

    expect(await answer.json()).toEqual({
      text: SPOKEN,
      languages: [{ code: 'en' }],
      usage: { type: 'duration', seconds: 8 },
    });
  });

  it.each(['timestamp_granularities', 'timestamp_granularities[]', 'timestamp_granularities[0]'])(
    'may ask for words by %s (T4)',
    async (name) => {
      const answer = await askOpenAi(service.url, [MODEL, FILE, [name, 'word'], ...WORDS]);
      expect(await contract.findFaults(TRANSCRIPTION, answer.clone())).toEqual([]);
      const { words, segments, ...rest } = await jsonOf<{
        words: { word: string; start: number; end: number }[];
        segments?: unknown;
      }>(answer);

      expect(words.map(({ word }) => word).join(' ')).toBe(SPOKEN);
      const times = words.flatMap(({ start, end }) => [start, end]);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
      expect(segments).toBeUndefined();
      expect(rest).toMatchObject({ task: 'transcribe', language: 'english', duration: 7.1, text: SPOKEN });
    },
  );

  it('may ask for words and segments by one field', async () => {
    const answer = await askOpenAi(service.url, [
      MODEL,
      FILE,
      ['timestamp_granularities', 'word,segment'],
      ...WORDS,
    ]);

    expect(await answer.json()).toMatchObject({ words: expect.any(Array), segments: [{ id: 0 }] });
  });

  it('keeps the name of the file as it was (T5)', async () => {
    const name = 'Größe "neu".wav';
    await (await askOpenAi(service.url, [MODEL, ['file', { file: SPEECH, name }]])).text();
    const { jobs } = await jsonOf<JobList>(await fetch(`${service.url}/jobs`));

    expect(jobs.map(({ original_filename: stored }) => stored)).toContain(name);
  });
});

describe('a call that cannot be answered', () => {
  it.each<[string, Part[], number, string | null, string | null]>([
    ['names no model', [FILE], 400, 'model', 'missing_required_parameter'],
    ['names an unknown model', [['model', 'nope'], FILE], 404, 'model', 'model_not_found'],
    ['names a model that is not there', [['model', 'small'], FILE], 404, 'model', 'model_not_found'],
    [
      'names another one of the hub',
      [['model', 'openai/whisper-large'], FILE],
      404,
      'model',
      'model_not_found',
    ],
    ['has no file', [MODEL], 400, 'file', 'missing_required_parameter'],
    ['has text for a file', [MODEL, ['file', 'a.wav']], 400, 'file', 'missing_required_parameter'],
    [
      'has a list for a file',
      [MODEL, ['file[0]', '82'], ['file[1]', '73']],
      400,
      'file',
      'missing_required_parameter',
    ],
    ['has text in a file', [MODEL, ['file', { file: 'bad/text.mp3' }]], 400, 'file', null],
    ['has an empty file', [MODEL, ['file', { file: 'bad/empty.wav' }]], 400, 'file', 'audio_too_short'],
    [
      'has a file without sound',
      [MODEL, ['file', { file: 'bad/video_only.mp4' }]],
      400,
      'file',
      'no_audio_track',
    ],
    [
      'asks for an unknown format',
      [MODEL, ['response_format', 'xml'], FILE],
      400,
      'response_format',
      'unsupported_value',
    ],
    ['is too hot', [MODEL, ['temperature', '5'], FILE], 400, 'temperature', 'invalid_value'],
    [
      'speaks an unknown language',
      [MODEL, ['language', 'xx'], FILE],
      400,
      'language',
      'unsupported_language',
    ],
    [
      'leaves a choice of languages',
      [MODEL, ['languages[]', 'en'], ['languages[]', 'de'], FILE],
      400,
      'languages',
      'unsupported_parameter',
    ],
    [
      'wants words of a text',
      [MODEL, FILE, ['timestamp_granularities[]', 'word']],
      400,
      'timestamp_granularities',
      'invalid_value',
    ],
    [
      'wants unknown granularities',
      [MODEL, ['timestamp_granularities[]', 'day'], FILE],
      400,
      'timestamp_granularities',
      'invalid_value',
    ],
    ['includes what there is not', [MODEL, ['include[]', 'moods'], FILE], 400, 'include', 'invalid_value'],
    [
      'says two languages',
      [MODEL, ['language', 'en'], ['languages[]', 'de'], FILE],
      400,
      'languages',
      'invalid_value',
    ],
    [
      'says two formats',
      [MODEL, ['response_format', 'text'], ['response_format', 'json'], FILE],
      400,
      'response_format',
      'unsupported_value',
    ],
    [
      'wants words of a stream',
      [
        MODEL,
        ['response_format', 'verbose_json'],
        ['stream', 'true'],
        ['timestamp_granularities[]', 'word'],
        FILE,
      ],
      400,
      'timestamp_granularities',
      'invalid_value',
    ],
    [
      'cuts by what there is not',
      [MODEL, ['chunking_strategy[type]', 'server_vad'], ['chunking_strategy[silence]', '2'], FILE],
      400,
      'chunking_strategy',
      'invalid_value',
    ],
    [
      'cuts in an unknown way',
      [MODEL, ['chunking_strategy', 'never'], FILE],
      400,
      'chunking_strategy',
      'invalid_value',
    ],
  ])('%s (T9)', async (_what, parts, ...refusal) => {
    const answer = await askOpenAi(service.url, parts);
    expect(await contract.findFaults(TRANSCRIPTION, answer.clone())).toEqual([]);
    expect(answer.headers.get('x-request-id')).not.toBeNull();

    expect(await refusalOf(answer)).toEqual(refusal);
  });

  it('is too large, which is said before it is sent and after', async () => {
    const wav = await readFile(fixturePath(SPEECH));
    const large = new Blob([Buffer.concat(Array.from({ length: 200 }, () => wav))]);
    const form = new FormData();
    form.set('model', 'whisper-1');
    form.set('file', large, 'large.wav');
    const answer = await fetch(`${service.url}/v1/audio/transcriptions`, { method: 'POST', body: form });

    expect(await refusalOf(answer)).toEqual([413, 'file', 'request_too_large']);
  });

  it('has bytes for a file, each of them in a field, more than a file may have (T6)', async () => {
    const bytes = Array.from({ length: 20_000 }, (_, index): Part => [`file[${index}]`, '97']);
    const answer = await askOpenAi(service.url, [MODEL, ...bytes]);
    expect(await contract.findFaults(TRANSCRIPTION, answer.clone())).toEqual([]);

    expect(await refusalOf(answer)).toEqual([400, 'file', 'missing_required_parameter']);
  });

  it('is no form', async () => {
    const answer = await fetch(`${service.url}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"model":"whisper-1"}',
    });
    expect(await contract.findFaults(TRANSCRIPTION, answer.clone())).toEqual([]);

    expect(await refusalOf(answer)).toEqual([400, null, null]);
  });
});

describe('an address of the OpenAI API', () => {
  it.each(['/v1//audio/transcriptions', '/v1/audio/transcriptions/', '/audio/transcriptions'])(
    'may be %s',
    async (path) => {
      expect((await askOpenAi(service.url, [MODEL, FILE], { path })).status).toBe(200);
    },
  );

  it.each([
    ['GET', '/v1/audio/transcriptions', 405, 'method_not_allowed'],
    ['PATCH', '/v1/models', 405, 'method_not_allowed'],
    ['DELETE', '/v1/models/base', 403, 'insufficient_permissions'],
    ['GET', '/v1/models/one/two/three', 404, 'model_not_found'],
    ['GET', '/v1/audio/speech', 404, 'unknown_url'],
    ['GET', '/v1', 404, 'unknown_url'],
  ] as const)('%s %s is answered in its words', async (method, path, status, code) => {
    const [answered, , told] = await refusalOf(await fetch(service.url + path, { method }));
    expect([answered, told]).toEqual([status, code]);
  });

  it.each([
    ['/v1/audio/transcriptions', 'POST'],
    ['/v1/models/base', 'GET, HEAD'],
  ])('%s tells which methods it has', async (path, methods) => {
    expect((await fetch(service.url + path, { method: 'PUT' })).headers.get('allow')).toBe(methods);
  });

  it('takes any key where none is needed, but none of ours that is wrong', async () => {
    const statusOf = async (path: string, authorization: string): Promise<number> =>
      (await fetch(service.url + path, { headers: { authorization } })).status;

    expect(await statusOf('/v1/models', 'Bearer sk-anything')).toBe(200);
    expect(await statusOf('/v1/models', `Bearer wt_${'a'.repeat(43)}`)).toBe(401);
    expect(await statusOf('/v1/models', 'Basic YWRtaW46YWRtaW4=')).toBe(401);
    expect(await statusOf('/models', 'Bearer sk-anything')).toBe(401);
  });

  it('has the limits in its headers', async () => {
    const { headers } = await fetch(`${service.url}/v1/models`);

    expect(headers.get('x-ratelimit-limit-requests')).toBe('1200');
    expect(headers.get('x-ratelimit-remaining-requests')).toMatch(/^\d+$/);
    expect(headers.get('x-ratelimit-reset-requests')).toMatch(/^\d+s$/);
  });
});

describe('the models of the OpenAI API', () => {
  it('are those that are here and names that stand for one (T24)', async () => {
    const answer = await fetch(`${service.url}/v1/models`);
    expect(await contract.findFaults('listOpenAiModels', answer.clone())).toEqual([]);
    const { data } = await jsonOf<{ data: { id: string }[] }>(answer);

    expect(data.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['base', 'whisper-1', 'gpt-4o-transcribe']),
    );
    expect(data.map(({ id }) => id)).not.toContain('small');
  });

  it.each([
    'base',
    'whisper-1',
    'openai/whisper-base',
    'onnx-community%2Fwhisper-base',
    'Systran/faster-whisper-base',
  ])('are found as %s (T24)', async (id) => {
    const answer = await fetch(`${service.url}/v1/models/${id}`);
    if (!id.includes('/')) expect(await contract.findFaults('getOpenAiModel', answer.clone())).toEqual([]);

    expect(await answer.json()).toMatchObject({ id: decodeURIComponent(id), object: 'model' });
  });

  it('do not have every name (T24)', async () => {
    const answer = await fetch(`${service.url}/v1/models/gpt-5`);
    expect(await contract.findFaults('getOpenAiModel', answer.clone())).toEqual([]);

    expect(await refusalOf(answer)).toEqual([404, 'model', 'model_not_found']);
  });
});
