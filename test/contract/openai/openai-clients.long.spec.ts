/** The clients that speak the OpenAI API, as they come from their packages: only their base URL is another one. */
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI, { APIError, toFile } from 'openai';
import PreviousOpenAI, { APIError as PreviousApiError } from 'openai-previous';
import { bearer, becomeAdministrator, BOOTSTRAP_PASSWORD, createApiKey } from '../../support/accounts.js';
import { fixturePath } from '../../support/api-client.js';
import { SPEECH, SPOKEN } from '../../support/openai-requests.js';
import {
  hasPython,
  openPythonWith,
  OPENAI_VERSIONS,
  type PythonProgram,
} from '../../support/python-openai.js';
import { startService, type RunningService } from '../../support/start-service.js';
import { waitFor } from '../../support/wait-for.js';

const run = promisify(execFile);
const FILE = fixturePath(SPEECH);
const WRONG_KEY = `wt_${'a'.repeat(43)}`;
const INSTALL_LIMIT_MS = 600_000;
const LARGE_BYTES = 40 * 2 ** 20;

let service: RunningService;
let key: string;
let baseURL: string;
let largeFile: string;

beforeAll(async () => {
  service = await startService({
    env: {
      ANONYMOUS_LOCAL: 'false',
      ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD,
      MAX_UPLOAD_MB: '1',
    },
  });
  const { access_token: token } = await becomeAdministrator(service.url);
  ({ key } = await createApiKey(service.url, ['transcribe', 'read'], bearer(token)));
  baseURL = `${service.url}/v1`;
  largeFile = path.join(service.dataDir, 'large.wav');
  await writeFile(largeFile, Buffer.alloc(LARGE_BYTES));
}, 90_000);

afterAll(async () => {
  await service.stop();
});

/** Requests that were refused for their size. */
function countRefusals(): number {
  return service.log().split('"status_code":413').length - 1;
}

describe.each([
  ['7', OpenAI, APIError],
  ['6', PreviousOpenAI as unknown as typeof OpenAI, PreviousApiError as unknown as typeof APIError],
] as const)('the package for Node, major %s', (major, Client, ClientError) => {
  const open = (apiKey = key): OpenAI => new Client({ baseURL, apiKey });
  const model = 'whisper-1';
  const file = (): ReturnType<typeof createReadStream> => createReadStream(FILE);

  it('gets typed answers (T1)', async () => {
    const answer = await open().audio.transcriptions.create({ model, file: file() });

    expect(answer.text).toBe(SPOKEN);
    expect((answer as { _request_id?: string })._request_id).toEqual(expect.any(String));
  });

  it('gets objects for formats of JSON (T2)', async () => {
    const { transcriptions } = open().audio;
    const answers = await Promise.all(
      (['json', 'verbose_json', 'diarized_json'] as const).map((format) =>
        transcriptions.create({ model, file: file(), response_format: format }),
      ),
    );

    expect(answers).toMatchObject([
      { text: SPOKEN },
      { text: SPOKEN, segments: [{ id: 0 }] },
      { text: SPOKEN, segments: [{ id: 'seg_001', speaker: 'A' }] },
    ]);
  });

  it('gets text for formats of text (T2)', async () => {
    const { transcriptions } = open().audio;
    const [text, srt, vtt] = await Promise.all(
      (['text', 'srt', 'vtt'] as const).map((format) =>
        transcriptions.create({ model, file: file(), response_format: format }),
      ),
    );

    expect(text).toBe(`${SPOKEN}\n`);
    expect(srt).toMatch(/^1\n00:00:0\d,\d{3} --> /);
    expect(vtt).toMatch(/^WEBVTT\n\n00:00:0\d\.\d{3} --> /);
  });

  it('gets words and segments (T3)', async () => {
    const {
      words = [],
      segments = [],
      ...rest
    } = await open().audio.transcriptions.create({
      model,
      file: await toFile(readFile(FILE), 'speech.wav'),
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
    });

    expect(rest).toMatchObject({ language: 'english', duration: 7.1, text: SPOKEN });
    expect(words.map(({ word }) => word).join(' ')).toBe(SPOKEN);
    const times = words.flatMap(({ start, end }) => [start, end]);
    expect([0, ...times, 7.1]).toEqual([0, ...times, 7.1].toSorted((one, other) => one - other));
    expect(
      segments
        .map((segment) => segment.text)
        .join('')
        .trim(),
    ).toBe(SPOKEN);
  });

  it('reads a stream (T7)', async () => {
    const stream = await open().audio.transcriptions.create({ model, file: file(), stream: true });
    let text = '';
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') text += event.delta;
      if (event.type === 'transcript.text.done')
        expect(event).toMatchObject({ text, usage: { type: 'tokens' } });
    }

    expect(text).toBe(SPOKEN);
  });

  it('translates', async () => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- there are programs that use it
    const answer = await open().audio.translations.create({
      model,
      file: createReadStream(fixturePath('clips/fr/bonjour_monde.wav')),
    });

    expect(answer.text).toMatch(/hello|good/i);
  });

  it('lists models and finds one by a name with a slash (T24)', async () => {
    const { models } = open();
    const { data } = await models.list();

    expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining(['base', 'whisper-1']));
    expect(await models.retrieve('onnx-community/whisper-base')).toMatchObject({ object: 'model' });
  });

  it('is told that what it gives is no file (T6)', async () => {
    const bytes = await readFile(FILE);
    // The newer one sends a blob without a name as a file.
    for (const thing of [bytes, undefined, ...(major === '6' ? [new Blob([bytes])] : [])]) {
      const call = open().audio.transcriptions.create({ model, file: thing as unknown as File });
      await expect(call).rejects.toMatchObject({
        status: 400,
        param: 'file',
        code: 'missing_required_parameter',
      });
    }
  });

  it('knows what went wrong (T9)', async () => {
    const outcomeOf = async (call: Promise<unknown>): Promise<unknown> => {
      const error = await call.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof ClientError)) throw new Error('It did not fail as it should');
      return [error.constructor.name, error.status, error.param, error.code];
    };
    const create = (options: object, apiKey?: string): Promise<unknown> =>
      outcomeOf(open(apiKey).audio.transcriptions.create({ model, file: file(), ...options }));

    expect(await create({}, WRONG_KEY)).toEqual(['AuthenticationError', 401, null, 'invalid_api_key']);
    expect(await create({ model: 'nope' })).toEqual(['NotFoundError', 404, 'model', 'model_not_found']);
    expect(await create({ temperature: 5 })).toEqual([
      'BadRequestError',
      400,
      'temperature',
      'invalid_value',
    ]);
    expect(await create({ language: 'xx' })).toEqual([
      'BadRequestError',
      400,
      'language',
      'unsupported_language',
    ]);
    expect(await create({ response_format: 'xml' })).toEqual([
      'BadRequestError',
      400,
      'response_format',
      'unsupported_value',
    ]);
    expect(await outcomeOf(open().models.retrieve('nope'))).toEqual([
      'NotFoundError',
      404,
      'model',
      'model_not_found',
    ]);
  });

  it.each([
    ['a file', () => toFile(Buffer.alloc(LARGE_BYTES), 'large.wav')],
    ['a stream', () => createReadStream(largeFile)],
  ])('is told that %s is too large, by one request', async (_what, large) => {
    const before = countRefusals();
    const call = open().audio.transcriptions.create({ model, file: await large() });

    await expect(call).rejects.toMatchObject({ status: 413, param: 'file', code: 'request_too_large' });
    await waitFor(() => countRefusals() > before, { what: 'the entry of the request in the log' });
    expect(countRefusals()).toBe(before + 1);
  });
});

(hasPython() ? describe.each(OPENAI_VERSIONS) : describe.skip.each(OPENAI_VERSIONS))(
  'the package for Python, version %s',
  (version) => {
    let python: PythonProgram;

    beforeAll(async () => {
      python = await openPythonWith(version);
    }, INSTALL_LIMIT_MS);

    const call = async (calls: object[], apiKey = key): Promise<unknown[]> =>
      (await python.ask('call_openai.py', { base_url: baseURL, api_key: apiKey, calls })) as unknown[];
    const transcription = (options: object = {}, file: object = { path: FILE }): object => ({
      method: 'audio.transcriptions.create',
      arguments: { model: 'whisper-1', ...options },
      file,
    });

    it('gets every format (T1, T2)', async () => {
      const formats = ['json', 'text', 'srt', 'vtt', 'verbose_json', 'diarized_json'];
      const answers = await call(formats.map((format) => transcription({ response_format: format })));
      const cue = expect.stringContaining(SPOKEN);

      expect(answers).toMatchObject([
        { type: 'Transcription', value: { text: SPOKEN }, requestId: expect.any(String) },
        { type: 'str', value: `${SPOKEN}\n` },
        { type: 'str', value: cue },
        { type: 'str', value: expect.stringMatching(/^WEBVTT\n\n/) },
        { type: 'TranscriptionVerbose', value: { text: SPOKEN, language: 'english', duration: 7.1 } },
        { type: 'TranscriptionDiarized', value: { text: SPOKEN, segments: [{ speaker: 'A' }] } },
      ]);
    });

    it('gives files in every shape (T5)', async () => {
      const files = ['path', 'bytes', 'buffer', 'named'].map((as) => ({
        path: FILE,
        as,
        name: 'Größe "neu".wav',
      }));
      const answers = await call(files.map((file) => transcription({}, file)));

      expect(answers).toMatchObject(files.map(() => ({ value: { text: SPOKEN } })));
    });

    it('asks for words, log-probabilities, terms and chunks (T3, T31)', async () => {
      const [words, logprobs] = await call([
        transcription({ response_format: 'verbose_json', timestamp_granularities: ['word'] }),
        transcription({
          include: ['logprobs'],
          prompt: 'Jane Austen',
          chunking_strategy: { type: 'server_vad', threshold: 0.4 },
        }),
      ]);

      expect(words).toMatchObject({ value: { words: expect.any(Array), text: SPOKEN } });
      expect(logprobs).toMatchObject({ value: { logprobs: expect.any(Array) } });
    });

    it('reads a stream (T7)', async () => {
      const [answer] = (await call([transcription({ stream: true })])) as { events: { delta?: string }[] }[];
      const events = answer?.events ?? [];

      expect(events.map(({ delta = '' }) => delta).join('')).toBe(SPOKEN);
      expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text: SPOKEN });
    });

    it('translates, and lists models (T24)', async () => {
      const [translation, models, model] = await call([
        {
          method: 'audio.translations.create',
          arguments: { model: 'base' },
          file: { path: fixturePath('clips/fr/bonjour_monde.wav') },
        },
        { method: 'models.list' },
        { method: 'models.retrieve', arguments: { model: 'onnx-community/whisper-base' } },
      ]);

      expect(translation).toMatchObject({ value: { text: expect.stringMatching(/hello|good/i) } });
      expect(models).toMatchObject({
        value: expect.arrayContaining([expect.objectContaining({ id: 'base' })]),
      });
      expect(model).toMatchObject({ value: { id: 'onnx-community/whisper-base' } });
    });

    it('knows what went wrong (T9)', async () => {
      const answers = await call([
        transcription({ model: 'nope' }),
        transcription({ response_format: 'xml' }),
        transcription({ temperature: 5 }),
        transcription({ language: 'xx' }),
        transcription({}, { path: fixturePath('bad/text.mp3') }),
      ]);

      expect(answers).toMatchObject([
        { error: 'NotFoundError', status: 404, param: 'model', code: 'model_not_found' },
        { error: 'BadRequestError', status: 400, param: 'response_format', code: 'unsupported_value' },
        { error: 'BadRequestError', status: 400, param: 'temperature', code: 'invalid_value' },
        { error: 'BadRequestError', status: 400, param: 'language', code: 'unsupported_language' },
        { error: 'BadRequestError', status: 400, param: 'file', code: null },
      ]);
      expect(await call([transcription()], WRONG_KEY)).toMatchObject([
        { error: 'AuthenticationError', status: 401, param: null, code: 'invalid_api_key' },
      ]);
    });
  },
);

describe('the AI SDK', () => {
  it('transcribes', async () => {
    const script = fileURLToPath(new URL('../../support/ask-ai-sdk.mjs', import.meta.url));
    const { stdout } = await run(process.execPath, [script, baseURL, key, FILE]);
    const { segments, ...rest } = JSON.parse(stdout) as { segments: { text: string }[] };

    expect(rest).toEqual({ text: SPOKEN, language: 'en', durationInSeconds: 7.1 });
    expect(segments.map(({ text }) => text).join(' ')).toBe(SPOKEN);
  });
});
