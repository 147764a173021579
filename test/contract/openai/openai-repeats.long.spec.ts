/** Calls of the OpenAI API that their clients repeat: each of them has one job. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { fixturePath } from '../../support/api-client.js';
import { askOpenAi, refusalOf, SlowCall, SPEECH, SPOKEN } from '../../support/openai-requests.js';
import { AGAIN, askByNode, OpenAiRoom, proxyBefore, SPEECH_FORM } from '../../support/openai-room.js';
import { hasPython, openPythonWith, OPENAI_VERSIONS } from '../../support/python-openai.js';
import type { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';

const LIMIT_MS = 120_000;
const INSTALL_LIMIT_MS = 600_000;

let room: OpenAiRoom;

beforeAll(async () => {
  room = await OpenAiRoom.open();
}, LIMIT_MS);

afterEach(() => room.empty());

afterAll(() => room.close());

async function askByPython({ port }: TcpProxy): Promise<string> {
  const python = await openPythonWith(OPENAI_VERSIONS[1]);
  const call = {
    method: 'audio.transcriptions.create',
    arguments: { model: 'whisper-1' },
    file: { path: fixturePath(SPEECH) },
  };
  const question = { base_url: `http://127.0.0.1:${port}/v1`, api_key: 'none', calls: [call] };
  const [outcome] = (await python.ask('call_openai.py', question)) as { value: { text: string } }[];
  return outcome?.value.text ?? '';
}

describe('a call that is repeated', () => {
  it.each([['Node', askByNode], ...(hasPython() ? [['Python', askByPython] as const] : [])])(
    'gets the job of the first one by the OpenAI client for %s itself (T20)',
    async (_name, askByClient) => {
      // It tells before the answer begins that it will not come: after that the client for Node does not ask again.
      const proxy = await proxyBefore(room.other);
      const answer = askByClient(proxy);
      await room.waitForWaiters(1);
      await proxy.cut();
      await proxy.open();
      await waitFor(async () => (await room.jobs())[0]?.waiters === 1, { what: 'the repeated call' });
      await room.startWorker();

      expect(await answer).toBe(SPOKEN);
      expect(await room.jobs()).toMatchObject([{ status: 'completed' }]);
      await proxy.cut();
    },
    INSTALL_LIMIT_MS,
  );

  it(
    'gets the job of the first one however slowly its recording comes in again (T20)',
    async () => {
      const client = new AbortController();
      const first = room.ask({}, room.service, client.signal);
      await room.waitForWaiters(1);
      client.abort();
      await expect(first).rejects.toThrow('aborted');
      await room.waitForWaiters(0);
      const slow = await SlowCall.begin(room.other.url, SPEECH_FORM, AGAIN);
      await room.waitForEndOfGrace();
      const answer = slow.finish();
      await room.waitForWaiters(1);
      await room.startWorker();

      expect(await (await answer).json()).toMatchObject({ text: SPOKEN });
      expect(await room.jobs()).toMatchObject([{ status: 'completed' }]);
    },
    LIMIT_MS,
  );

  it('is another one without the word of the client that it repeats', async () => {
    await room.startWorker();
    await (await room.ask({})).text();
    await (await room.ask({})).text();

    expect(await room.jobs()).toHaveLength(2);
  });

  it('has one job for a key, however often it comes at the same time, and later (T19)', async () => {
    const key = { 'idempotency-key': 'the same' };
    const answers = Promise.all([room.ask(key), room.ask(key, room.other), room.ask(key)]);
    await room.waitForWaiters(3);
    await room.startWorker();

    expect(await Promise.all((await answers).map((answer) => answer.json()))).toEqual(
      Array.from({ length: 3 }, () => expect.objectContaining({ text: SPOKEN })),
    );
    expect(await (await room.ask(key)).json()).toMatchObject({ text: SPOKEN });
    expect(await room.jobs()).toHaveLength(1);
  });

  it('is refused where its key belongs to something else (T19)', async () => {
    const key = { 'idempotency-key': 'the same' };
    await room.startWorker();
    await (await room.ask(key)).text();
    const different = await askOpenAi(room.service.url, [...SPEECH_FORM, ['temperature', '0.2']], {
      headers: key,
    });

    expect(different.headers.get('x-should-retry')).toBe('false');
    expect(await refusalOf(different)).toEqual([422, null, 'idempotency_key_reused']);
  });
});
