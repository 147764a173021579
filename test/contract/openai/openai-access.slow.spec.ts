/** How long calls of the OpenAI API may go on, and how many at the same time. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bearer, createApiKey, postJson } from '../../support/accounts.js';
import { EventStream } from '../../support/event-stream.js';
import { OpenApiContract } from '../../support/openapi-contract.js';
import { askOpenAi, refusalOf, SPEECH, type Part } from '../../support/openai-requests.js';
import { openTwoUsers, type TestUser, type TwoUsers } from '../../support/two-users.js';
import { waitFor } from '../../support/wait-for.js';

/** Of a client that waits no longer than this, so that it is answered at once. */
const IN_A_HURRY = { 'x-stainless-timeout': '1' };
const FORM: Part[] = [
  ['model', 'whisper-1'],
  ['file', { file: SPEECH }],
];
const STREAM: Part[] = [['stream', 'true'], ...FORM];
const LIMIT_MS = 90_000;

const contract = new OpenApiContract();
/** Nobody works here. */
let users: TwoUsers;

beforeAll(async () => {
  users = await openTwoUsers({ MAX_STREAMS_PER_USER: '2' });
}, LIMIT_MS);

afterAll(async () => {
  await users.close();
});

const ask = (secret: string, parts = FORM, headers = {}): Promise<Response> =>
  askOpenAi(users.url, parts, { headers: { ...bearer(secret), ...headers } });

async function statusesOf({ id }: TestUser): Promise<unknown[]> {
  const rows = await users.select(
    `select status from openai_calls join jobs on jobs.id = job_id where jobs.owner_id = '${id}'`,
  );
  return rows.map(({ status }) => status);
}

describe('a stream of the OpenAI API', () => {
  it('is one of those that a user may have, and is refused in its words', async () => {
    const { token } = users.anna;
    const stream = await ask(token, STREAM);
    const events = await EventStream.open(`${users.url}/jobs/events`, bearer(token));
    const refused = await ask(token, STREAM);
    expect(await contract.findFaults('createOpenAiTranscription', refused.clone())).toEqual([]);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(await refusalOf(refused)).toEqual([429, null, 'rate_limit_exceeded']);
    expect(await statusesOf(users.anna)).toEqual(['queued']);

    expect((await ask(users.bob.token, STREAM)).status).toBe(200);
    expect((await ask(token, FORM, IN_A_HURRY)).status).toBe(200);
    await events.cut();
    await waitFor(async () => (await ask(token, STREAM)).status === 200, { what: 'a place for a stream' });
    await stream.body?.cancel();
  });
});

describe('a call of the OpenAI API', () => {
  it(
    'ends, with its job, soon after the key was revoked, the session ended, the user disabled',
    async () => {
      const carla = await users.addUser('carla', 'c');
      const dora = await users.addUser('dora', 'd');
      const { id, key } = await createApiKey(users.url, ['transcribe'], bearer(carla.token));
      const held = ask(key);
      const answers = await Promise.all([
        ask(key, STREAM),
        ask(carla.token, FORM, IN_A_HURRY),
        ask(dora.token, [...FORM, ['response_format', 'vtt']], IN_A_HURRY),
      ]);
      await waitFor(async () => (await statusesOf(carla)).length === 3, { what: 'the jobs' });
      const [stream, ...others] = answers.map((answer) => answer.text());
      const remove = { method: 'DELETE', headers: bearer(carla.token) };
      const statuses = [
        await fetch(`${users.url}/auth/api-keys/${id}`, remove),
        await postJson(`${users.url}/auth/logout`, {}, bearer(carla.token)),
        await postJson(`${users.url}/admin/users/${dora.id}/disable`, {}, bearer(users.adminToken)),
      ].map(({ ok }) => ok);
      expect(statuses).toEqual([true, true, true]);

      expect(await refusalOf(await held)).toEqual([401, null, 'invalid_api_key']);
      expect(await stream).toMatch(/data: \{"error":\{[^}]*"code":"invalid_api_key"\}\}\n\n$/);
      for (const other of others) await expect(other).rejects.toThrow('terminated');
      await waitFor(
        async () =>
          [...(await statusesOf(carla)), ...(await statusesOf(dora))].every(
            (status) => status === 'cancelled',
          ),
        { limitMs: 70_000, what: 'the end of the jobs' },
      );
    },
    LIMIT_MS,
  );
});
