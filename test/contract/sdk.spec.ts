/** The SDK against the running service. What networks and restarts do to it is in sdk-faults.spec.ts. */
import { readFile } from 'node:fs/promises';
import { openAsBlob } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  cancelJob,
  createClient,
  createTranscription,
  createVoice,
  getJob,
  JobEndedError,
  listJobs,
  listUploads,
  transcribeMedia,
  type Recording,
  type TranscriptionProgress,
} from '@whisper-transcriber/client-sdk';
import { bearer, createApiKey } from '../support/accounts.js';
import { fixturePath, getTranscript, transcribe } from '../support/api-client.js';
import { findFreePort } from '../support/free-port.js';
import { GUEST, READER } from '../support/known-speakers.js';
import { longRecording } from '../support/long-recording.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { OutsideServer } from '../support/outside-server.js';
import { errorOf } from '../support/sdk-errors.js';
import { startService, type RunningService } from '../support/start-service.js';

const CLIP = fixturePath('clips/fr/bonjour_monde.wav');
const MIB = 2 ** 20;
/** Three minutes: several pieces of text. */
const LONG_BYTES = 3 * 60 * 32_000;

let service: RunningService;
let expected: string;

beforeAll(async () => {
  service = await startService({
    env: { URL_FETCH_ALLOW: '127.0.0.1', MAX_UPLOAD_MB: '8', MAX_ACTIVE_JOBS_PER_USER: '1000' },
  });
  const job = await transcribe(service.url, { file: 'clips/fr/bonjour_monde.wav' });
  ({ text: expected } = await getTranscript(service.url, job.job_id));
}, 90_000);

afterAll(async () => {
  await service.stop();
});

describe('transcribe', () => {
  it.each<[string, () => Promise<Recording>]>([
    ['a file', () => openAsBlob(CLIP)],
    ['a File', async () => new File([await openAsBlob(CLIP)], 'bonjour.wav')],
    ['bytes', () => readFile(CLIP)],
    [
      'a stream whose size is known',
      async () => {
        const blob = await openAsBlob(CLIP);
        return { stream: blob.stream(), size: blob.size };
      },
    ],
  ])('gives the text of %s, as every other way does', async (_what, open) => {
    const client = createClient({ baseUrl: `${service.url}/`, chunkBytes: 20_000 });

    const transcript = await client.transcribe(await open(), { model: 'base', filename: 'é – 日本.wav' });

    expect(transcript).toMatchObject({ text: expected, model: 'base' });
    const { data: job } = await getJob({ client: client.api, path: { job_id: transcript.job_id } });
    expect(job.original_filename).toBe('é – 日本.wav');
  });

  it('gives the text of what the service fetches', async () => {
    const content = await readFile(CLIP);
    const server = await OutsideServer.http((_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/wav' }).end(content);
    });
    try {
      const client = createClient({ baseUrl: service.url });
      const seen: TranscriptionProgress[] = [];

      const transcript = await client.transcribeUrl(server.url('/bonjour.wav', '127.0.0.1'), {
        onProgress: (progress) => seen.push(progress),
      });

      expect(transcript.text).toBe(expected);
      expect(seen[0]?.phase).toBe('uploading');
    } finally {
      await server.close();
    }
  });

  it('tells how far it is, and never less than before', async () => {
    const client = createClient({ baseUrl: service.url, chunkBytes: MIB });
    const seen: TranscriptionProgress[] = [];

    await client.transcribe(await longRecording(LONG_BYTES), {
      onProgress: (progress) => seen.push(progress),
    });

    for (const phase of ['uploading', 'transcribing']) {
      const percents = seen.filter((one) => one.phase === phase).map(({ percent }) => percent ?? 0);
      expect(percents.length).toBeGreaterThan(2);
      expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    }
    expect(seen.findLast(({ phase }) => phase === 'uploading')?.percent).toBe(100);
  });

  it('gives up the upload when its signal says so', async () => {
    const client = createClient({ baseUrl: service.url, chunkBytes: 100_000 });
    const abort = new AbortController();
    const reason = new Error('enough');
    const onProgress = (): void => {
      abort.abort(reason);
    };

    const attempt = client.transcribe(await longRecording(MIB), { signal: abort.signal, onProgress });

    await expect(attempt).rejects.toBe(reason);
    const { data } = await listUploads({ client: client.api });
    expect(data.sessions[0]?.status).toBe('cancelled');
  });

  it('cancels the job when its signal says so', async () => {
    const client = createClient({ baseUrl: service.url });
    const abort = new AbortController();
    const onProgress = ({ phase }: TranscriptionProgress): void => {
      if (phase === 'transcribing') abort.abort();
    };

    const attempt = client.transcribe(await longRecording(LONG_BYTES), { signal: abort.signal, onProgress });

    await expect(attempt).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    const { data } = await listJobs({ client: client.api, query: { limit: 1 } });
    expect(data.jobs[0]?.status).toBe('cancelled');
  });

  it('leaves the job at work when its signal ends only the waiting', async () => {
    const client = createClient({ baseUrl: service.url });
    const abort = new AbortController();
    const onProgress = ({ phase }: TranscriptionProgress): void => {
      if (phase === 'transcribing') abort.abort();
    };
    const options = { signal: abort.signal, onAbort: 'keep', onProgress } as const;

    const attempt = client.transcribe(await longRecording(LONG_BYTES), options);

    await expect(attempt).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    const { data } = await listJobs({ client: client.api, query: { limit: 1 } });
    expect(data.jobs[0]?.status).toBe('processing');
    await cancelJob({ client: client.api, path: { job_id: data.jobs[0]?.job_id ?? '' } });
  });

  it('does not wait for the transcript when its signal says so, which the service keeps', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    let jobId = '';
    const aborting: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      const { pathname } = new URL(request.url);
      if (pathname.startsWith('/transcripts/')) {
        jobId = pathname.split('/').at(-1) ?? '';
        abort.abort(reason);
      }
      return fetch(request);
    };
    const client = createClient({ baseUrl: service.url, fetch: aborting });

    const attempt = client.transcribe(await openAsBlob(CLIP), { signal: abort.signal });

    await expect(attempt).rejects.toBe(reason);
    expect((await getTranscript(service.url, jobId)).text).toBe(expected);
  });

  it('orders with all that can be asked for', async () => {
    const client = createClient({ baseUrl: service.url });
    const options = {
      language: 'fr',
      task: 'translate',
      words: true,
      prompt: 'Bonjour.',
      hotwords: 'monde',
      temperature: 0.5,
      channels: 'separate',
      priority: 'low',
    } as const;

    const jobId = await client.submit(await openAsBlob(CLIP), options);

    const { data: job } = await getJob({ client: client.api, path: { job_id: jobId } });
    expect(job).toMatchObject(options);
  });

  it('orders that speakers are named by saved voices', async () => {
    const client = createClient({ baseUrl: service.url });
    const names = ['Ada', 'Ben'];
    for (const [index, file] of [GUEST, READER].entries())
      await createVoice({
        client: client.api,
        body: { name: names[index] ?? '', file: await openAsBlob(fixturePath(file)) },
      });
    const order = async (knownVoices: boolean | readonly string[]): Promise<string[]> => {
      const path = { job_id: await client.submit(await openAsBlob(CLIP), { diarize: true, knownVoices }) };
      return (await getJob({ client: client.api, path })).data.known_voices;
    };
    const ids = await order(true);
    expect(ids).toHaveLength(names.length);
    expect([await order(names), await order(['Ben']), await order(false)]).toEqual([ids, ids.slice(1), []]);
  });

  it('fails with the job where somebody else cancels it', async () => {
    const client = createClient({ baseUrl: service.url });
    const onProgress = ({ phase }: TranscriptionProgress): void => {
      if (phase !== 'transcribing') return;
      void listJobs({ client: client.api, query: { limit: 1, status: ['processing'] } }).then(({ data }) =>
        cancelJob({ client: client.api, path: { job_id: data.jobs[0]?.job_id ?? '' } }),
      );
    };

    const error = await errorOf(client.transcribe(await longRecording(LONG_BYTES), { onProgress }));

    expect(error).toBeInstanceOf(JobEndedError);
    expect(error).toMatchObject({ code: 'job_cancelled', job: { status: 'cancelled' } });
  });
});

describe('waitFor', () => {
  it('gives the job as it ended, also when it had before', async () => {
    const client = createClient({ baseUrl: service.url });
    const jobId = await client.submit(await openAsBlob(CLIP));

    const job = await client.waitFor(jobId);

    expect(job).toMatchObject({ job_id: jobId, status: 'completed', transcript: expected });
    expect(await client.waitFor(job)).toEqual(job);
  });
});

describe('errors', () => {
  const patient = (): ReturnType<typeof createClient> => createClient({ baseUrl: service.url });

  it('say what the service says', async () => {
    const error = await errorOf(getJob({ client: patient().api, path: { job_id: UNKNOWN_ID } }));

    expect(error).toMatchObject({
      name: 'TranscriberError',
      code: 'job_not_found',
      status: 404,
      message: expect.any(String),
      requestId: expect.stringMatching(/./),
      fields: [],
      retryAfter: null,
    });
  });

  it('name the fields that are wrong', async () => {
    const body = { file: await openAsBlob(CLIP), track: -1 };

    const error = await errorOf(createTranscription({ client: patient().api, body }));

    expect(error).toMatchObject({ code: 'validation_failed', status: 422, fields: [{ field: 'track' }] });
  });

  it.each<[string, number, string]>([
    ['bad/text.mp3', 415, 'unsupported_media'],
    ['bad/video_only.mp4', 422, 'no_audio'],
    ['bad/empty.wav', 422, 'empty_file'],
  ])('of the upload of %s say what is wrong with it', async (file, status, code) => {
    const error = await errorOf(patient().transcribe(await openAsBlob(fixturePath(file))));

    expect(error).toMatchObject({ status, code });
  });

  it('come before the bytes where these would be too many, or the model is not there', async () => {
    const tooLarge = { stream: new ReadableStream<Uint8Array>(), size: 9 * MIB };

    expect(await errorOf(patient().transcribe(tooLarge))).toMatchObject({ code: 'file_too_large' });
    const attempt = patient().transcribe(await openAsBlob(CLIP), { model: 'large-v3' });
    expect(await errorOf(attempt)).toMatchObject({ status: 409, code: 'model_not_ready' });
  });

  it('tell of credentials that are wrong, and of what they do not allow', async () => {
    const wrong = createClient({ baseUrl: service.url, apiKey: 'wt_wrong' });
    const { key } = await createApiKey(service.url, ['read']);
    bearer(key);
    const reader = createClient({ baseUrl: service.url, apiKey: key });

    expect(await errorOf(listJobs({ client: wrong.api }))).toMatchObject({ code: 'unauthenticated' });
    expect((await listJobs({ client: reader.api })).response.status).toBe(200);
    expect(await errorOf(reader.transcribe(await openAsBlob(CLIP)))).toMatchObject({
      code: 'access_denied',
      status: 403,
    });
  });

  it('tell when nobody answers, or somebody else', async () => {
    const nobody = createClient({ baseUrl: `http://127.0.0.1:${await findFreePort()}`, retries: 0 });
    const elsewhere = await OutsideServer.http((_request, response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Nothing</h1>');
    });
    try {
      const other = createClient({ baseUrl: elsewhere.url('', '127.0.0.1') });

      expect(await errorOf(nobody.waitFor(UNKNOWN_ID))).toMatchObject({ code: 'unreachable', status: 0 });
      expect(await errorOf(listJobs({ client: other.api }))).toMatchObject({
        code: 'answer_invalid',
        status: 404,
      });
    } finally {
      await elsewhere.close();
    }
  });
});

describe('an answer that got lost', () => {
  it('is asked for again, and nothing is created twice', async () => {
    let lost = 0;
    const losing: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (response.status !== 202 || lost > 0) return response;
      lost += 1;
      await response.body?.cancel();
      throw new TypeError('lost');
    };
    const client = createClient({ baseUrl: service.url, fetch: losing });
    const first = await client.waitFor(await client.submit(await openAsBlob(CLIP)));
    const count = async (): Promise<number> => (await listJobs({ client: client.api })).data.total;
    const before = await count();

    const path = { media_id: first.media_id ?? '' };
    const { data, response } = await transcribeMedia({ client: client.api, path, body: {} });

    expect([lost, response.headers.get('idempotency-replayed')]).toEqual([1, 'true']);
    expect(await count()).toBe(before + 1);
    expect((await client.waitFor(data)).status).toBe('completed');
  });
});
