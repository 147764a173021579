/** The headers that clients of the OpenAI API look at, on every kind of answer. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bearer, createApiKey } from '../../support/accounts.js';
import { EventStream } from '../../support/event-stream.js';
import { askOpenAi, SPEECH, type Part } from '../../support/openai-requests.js';
import { openTwoUsers, type TwoUsers } from '../../support/two-users.js';
import { waitFor } from '../../support/wait-for.js';

const FORM: Part[] = [
  ['model', 'whisper-1'],
  ['file', { file: SPEECH }],
];
const STREAM: Part[] = [['stream', 'true'], ...FORM];
const LIMIT_MS = 90_000;

const followed: EventStream[] = [];
let users: TwoUsers;
let key: string;

beforeAll(async () => {
  users = await openTwoUsers({
    WORKER_EMBEDDED: 'true',
    MAX_UPLOAD_MB: '1',
    MAX_STREAMS_PER_USER: '1',
    MAX_STREAMS: '2',
    STORAGE_QUOTA_MB: '1000',
  });
  ({ key } = await createApiKey(users.url, ['transcribe'], bearer(users.anna.token)));
}, LIMIT_MS);

afterAll(async () => {
  for (const stream of followed) await stream.cut();
  await users.close();
});

const ask = (parts: readonly Part[], secret = key): Promise<Response> =>
  askOpenAi(users.url, parts, { headers: bearer(secret) });
const request = (path: string, method = 'GET'): Promise<Response> =>
  fetch(users.url + path, { method, headers: bearer(key) });

async function askTooMuch(): Promise<Response> {
  const body = new FormData();
  body.set('file', new Blob([new Uint8Array(2 * 2 ** 20)]), 'large.wav');
  return fetch(`${users.url}/v1/audio/transcriptions`, { method: 'POST', headers: bearer(key), body });
}

/** Takes one of the places for streams, as soon as one is free. */
async function follow(secret: string): Promise<void> {
  const count = followed.length;
  await waitFor(async () => {
    const stream = await EventStream.open(`${users.url}/jobs/events`, bearer(secret)).catch(() => undefined);
    if (stream !== undefined) followed.push(stream);
    return followed.length > count;
  });
}

const anna = (): string => users.anna.token;
const bob = (): string => users.bob.token;

describe('an answer of the OpenAI API', () => {
  it.each<[string, () => Promise<Response>, number, string | null, string | null]>([
    ['with a transcript', () => ask(FORM), 200, null, null],
    ['with a stream', () => ask(STREAM), 200, null, null],
    ['with text', () => ask([['response_format', 'vtt'], ...FORM]), 200, null, null],
    ['with models', () => request('/v1/models'), 200, null, null],
    ['about a wrong option', () => ask([['temperature', '5'], ...FORM]), 400, null, null],
    ['to a wrong key', () => ask(FORM, `wt_${'a'.repeat(43)}`), 401, null, null],
    ['to nobody', () => askOpenAi(users.url, FORM), 401, null, null],
    [
      'about a model that there is not',
      () =>
        ask([
          ['model', 'nope'],
          ['file', { file: SPEECH }],
        ]),
      404,
      null,
      null,
    ],
    ['about an address that there is not', () => request('/v1/audio/speech'), 404, null, null],
    ['to another method', () => request('/v1/audio/transcriptions'), 405, null, null],
    ['about a file that is too large', askTooMuch, 413, null, null],
    ['to who has too many streams', () => follow(anna()).then(() => ask(STREAM)), 429, '10', null],
    [
      'where there are too many streams',
      () => follow(bob()).then(() => ask(STREAM, users.adminToken)),
      503,
      '10',
      null,
    ],
  ])('%s has them', async (_what, send, ...expected) => {
    const answer = await send();
    await answer.text();
    const { headers } = answer;

    expect([answer.status, headers.get('retry-after'), headers.get('x-should-retry')]).toEqual(expected);
    expect(headers.get('x-request-id')).toMatch(/^\S+$/);
    expect(headers.get('openai-processing-ms')).toMatch(/^\d+$/);
    expect(headers.get('openai-version')).toBe('2020-10-01');
  });

  it('says of a quota that is used up that it is of no use to come again', async () => {
    await users.execute(
      `update media_files set size_bytes = 1000000000000 where owner_id = '${users.bob.id}'`,
    );
    const answer = await ask(FORM, bob());

    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([429, 'false']);
    expect(answer.headers.get('retry-after')).toBeNull();
  });
});
