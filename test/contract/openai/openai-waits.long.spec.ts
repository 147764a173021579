/** Calls of the OpenAI API that take long: how they stay alive, fail late and are given up. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobList, MediaList } from '@whisper-transcriber/client-sdk';
import { jsonOf } from '../../support/api-client.js';
import { executeSql } from '../../support/databases.js';
import { longRecording } from '../../support/long-recording.js';
import { askOpenAi, SPOKEN, type OpenAiError } from '../../support/openai-requests.js';
import {
  AGAIN,
  askByNode,
  IN_A_HURRY,
  OpenAiRoom,
  proxyBefore,
  SPEECH_FORM,
} from '../../support/openai-room.js';
import { waitFor } from '../../support/wait-for.js';

const LIMIT_MS = 120_000;
const CHUNK_OF_A_SPACE = '1\r\n \r\n';

let room: OpenAiRoom;

beforeAll(async () => {
  room = await OpenAiRoom.open();
}, LIMIT_MS);

afterEach(() => room.empty());

afterAll(() => room.close());

describe('a call that takes long', () => {
  it('is kept alive by spaces, and is JSON all the same', async () => {
    const answer = await room.ask(IN_A_HURRY);
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, null]);
    await room.startWorker();
    const text = await answer.text();

    expect(text).toMatch(/^ +\{/);
    expect(JSON.parse(text)).toMatchObject({ text: SPOKEN });
  });

  it('breaks off when it fails late, and tells why when it is repeated (T17)', async () => {
    const answer = await room.ask(IN_A_HURRY);
    await room.failJobs('transcription_failed', 'It broke.');
    await expect(answer.text()).rejects.toThrow('terminated');
    const repeated = await room.ask(AGAIN);

    expect([repeated.status, repeated.headers.get('x-should-retry')]).toEqual([500, 'false']);
    expect(await repeated.json()).toEqual({
      error: { message: 'It broke.', type: 'server_error', param: null, code: null },
    });
  });

  it('that fails late is an exception in the OpenAI client (T17)', async () => {
    const proxy = await proxyBefore(room.service);
    const outcome = expect(askByNode(proxy)).rejects.toThrow('terminated');
    await waitFor(() => proxy.receivedBytes > 0, { what: 'the beginning of the answer' });
    await room.failJobs('transcription_failed', 'It broke.');
    await outcome;
    await proxy.cut();
  });

  it(
    'gets through a proxy that closes connections on which nothing happens (T16)',
    async () => {
      const proxy = await proxyBefore(room.service, { idleMs: 8000 });
      const answer = askByNode(proxy);
      await waitFor(() => proxy.receivedBytes > 0, { what: 'the beginning of the answer' });
      const begun = proxy.receivedBytes;
      // At one a second, for longer than the proxy waits.
      await waitFor(() => proxy.receivedBytes >= begun + 12 * CHUNK_OF_A_SPACE.length, {
        what: 'signs of life',
      });
      await room.startWorker();

      expect(await answer).toBe(SPOKEN);
      expect(await room.jobs()).toHaveLength(1);
      await proxy.cut();
    },
    LIMIT_MS,
  );

  it('tells in a stream why it failed', async () => {
    const answer = await askOpenAi(room.service.url, [...SPEECH_FORM, ['stream', 'true']]);
    await room.failJobs('corrupt_media', 'It is damaged.');
    const [data = ''] = (await answer.text()).split('\n\n').filter((block) => block.startsWith('data: '));

    expect(JSON.parse(data.slice('data: '.length)) as OpenAiError).toEqual({
      error: { message: 'It is damaged.', type: 'invalid_request_error', param: 'file', code: null },
    });
  });

  it(
    'streams its text while the rest is worked on, compressed and held back by nobody (T7, T8)',
    async () => {
      const form = new FormData();
      form.set('model', 'whisper-1');
      form.set('stream', 'true');
      form.set('file', new Blob([await longRecording(12 * 2 ** 20)]), 'long.wav');
      const answer = await fetch(`${room.service.url}/v1/audio/transcriptions`, {
        method: 'POST',
        body: form,
      });
      expect([answer.headers.get('x-accel-buffering'), answer.headers.get('content-encoding')]).toEqual([
        'no',
        null,
      ]);
      await room.startWorker();
      let text = '';
      let statusAtFirstDelta: string | undefined;
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += chunk;
        if (text.includes('.delta')) statusAtFirstDelta ??= (await room.jobs())[0]?.status;
      }

      expect(statusAtFirstDelta).toBe('processing');
      const events = text
        .split('\n\n')
        .filter((block) => block.startsWith('data: {'))
        .map((block) => JSON.parse(block.slice('data: '.length)) as { delta?: string; text?: string });
      expect(events.length).toBeGreaterThan(3);
      expect(events.map(({ delta = '' }) => delta).join('')).toBe(events.at(-1)?.text);
    },
    LIMIT_MS,
  );
});

describe('a call that nobody waits for', () => {
  it(
    'is cancelled while it is decoded, and gives its place to the next one (T18)',
    async () => {
      const client = new AbortController();
      const form = new FormData();
      form.set('model', 'whisper-1');
      form.set('file', new Blob([await longRecording(12 * 2 ** 20)]), 'long.wav');
      const { signal } = client;
      const answer = fetch(`${room.service.url}/v1/audio/transcriptions`, {
        method: 'POST',
        body: form,
        signal,
      }).then((response) => response.text());
      await room.startWorker();
      await room.waitForStatus('processing');
      client.abort();
      await expect(answer).rejects.toThrow('aborted');
      await room.waitForStatus('cancelled');

      expect(await (await room.ask({})).json()).toMatchObject({ text: SPOKEN });
      expect(await room.jobs()).toMatchObject([{ status: 'cancelled' }, { status: 'completed' }]);
    },
    LIMIT_MS,
  );

  it('is cancelled', async () => {
    const client = new AbortController();
    const answer = room.ask({}, room.service, client.signal);
    await room.waitForWaiters(1);
    client.abort();
    await expect(answer).rejects.toThrow('aborted');

    await room.waitForStatus('cancelled');
  });

  it('goes on for another one that waits, at whatever process', async () => {
    const client = new AbortController();
    const first = room.ask({}, room.service, client.signal);
    await room.waitForWaiters(1);
    const second = room.ask(AGAIN, room.other);
    await room.waitForWaiters(2);
    client.abort();
    await expect(first).rejects.toThrow('aborted');
    await room.waitForWaiters(1);
    await room.startWorker();

    expect(await (await second).json()).toMatchObject({ text: SPOKEN });
    expect(await room.jobs()).toMatchObject([{ status: 'completed' }]);
  });

  it(
    'is dropped with its recording some time after its answer',
    async () => {
      await room.startWorker();
      expect((await room.ask({})).status).toBe(200);
      await room.waitForWaiters(0);
      await executeSql(
        room.database.url,
        "update openai_calls set awaited_until = now() - interval '1 hour'",
      );
      await waitFor(async () => (await room.jobs()).length === 0, { limitMs: 90_000, what: 'the job to go' });

      const read = async <T>(path: string): Promise<T> => jsonOf<T>(await fetch(room.service.url + path));
      expect(await read<JobList>('/jobs')).toMatchObject({ total: 0 });
      await waitFor(async () => (await read<MediaList>('/media')).total === 0, {
        what: 'the recording to go',
      });
    },
    LIMIT_MS,
  );
});
