/**
 * Two API processes behind a proxy and three workers, on Redis, PostgreSQL and an S3 store, of which now this one and now that one goes away
 * while jobs are ordered and worked on. `npm run test:faults -- --rounds 50` makes it long; `--seed` repeats one.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedWebhook } from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import { HookReceiver, isSignedWith } from '../support/hook-receiver.js';
import { ScaleOutRoom } from '../support/scale-out/scale-out-room.js';
import { Dice } from '../support/storm/dice.js';
import { StormClient } from '../support/storm/storm-client.js';
import { limitOf, STORM_ENV, STORM_JOBS, STORM_ROUNDS, STORM_SEED } from '../support/storm/storm-settings.js';
import { waitFor } from '../support/wait-for.js';

let room: ScaleOutRoom;
let hooks: HookReceiver;
let secret: string;
let client: StormClient;

/** So long a part stays away. */
const AWAY_MS = 3000;

const DISASTERS = {
  'kill -9 of one API': () => room.kill('one API'),
  'kill -9 of the other API': () => room.kill('the other API'),
  'kill -9 of one worker': () => room.kill('one worker'),
  'kill -9 of another worker': () => room.kill('another worker'),
  'SIGTERM of the third worker': () => room.roll('the third worker'),
  'Redis is killed and comes back': async () => {
    await room.redis.kill();
    await pause(AWAY_MS);
    await room.redis.startAgain();
  },
  'PostgreSQL is stopped and comes back': () => room.postgres.restart(),
  'the S3 store is away': async () => {
    await room.wayToStore.cut();
    await pause(AWAY_MS);
    await room.wayToStore.open();
  },
  'the clock of leases jumps': () =>
    room.query(`update jobs set lease_expires_at = now() - interval '1 minute' where status = 'processing'`),
} as const;
const NAMES = Object.keys(DISASTERS) as (keyof typeof DISASTERS)[];

/** Each of them once before one comes again. */
const ROUNDS = Math.max(STORM_ROUNDS, NAMES.length);
const LIMIT_MS = limitOf(ROUNDS);
/** So that none of them meets a service that has nothing to do. */
const JOBS_A_ROUND = Math.ceil(STORM_JOBS / STORM_ROUNDS);

beforeAll(async () => {
  hooks = await HookReceiver.open();
  room = await ScaleOutRoom.open({ ...STORM_ENV, WEBHOOK_ALLOW: '127.0.0.1' });
  client = new StormClient(() => room.url, room.user);
  const created = await postJson(`${room.url}/webhooks`, { url: hooks.url() }, room.user);
  ({ secret } = await jsonOf<CreatedWebhook>(created));
  await client.learn();
}, LIMIT_MS);

afterAll(async () => {
  await room.close();
  await hooks.close();
}, LIMIT_MS);

function* disasters(dice: Dice): Generator<keyof typeof DISASTERS, never> {
  for (;;) yield* dice.shuffle(NAMES);
}

describe(`a storm of ${ROUNDS} rounds with seed ${STORM_SEED} over two APIs, three workers, Redis, PostgreSQL and S3`, () => {
  it(
    'ends with each job completed once, told of under one id, with the text that it has without a storm, and nothing left behind',
    async () => {
      const dice = new Dice(STORM_SEED);
      const next = disasters(dice);
      const orders: Promise<void>[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const order = client.order(JOBS_A_ROUND);
        // Whatever fails first is what the test fails with.
        order.catch(() => undefined);
        orders.push(order);
        await pause(dice.between(200, 3000));
        await DISASTERS[next.next().value]();
      }
      await Promise.all(orders);
      await client.untilEnded();

      expect(await client.findFaults()).toEqual([]);
      const idsOf = (jobId: string): Set<string> => new Set(hooks.of(jobId).map(({ id }) => id));
      await waitFor(() => client.jobIds.every((id) => idsOf(id).size > 0), {
        what: 'a webhook for each job',
        limitMs: 120_000,
      });
      expect(client.jobIds.filter((id) => idsOf(id).size !== 1)).toEqual([]);
      expect(hooks.received.every((hook) => isSignedWith(hook, secret))).toBe(true);
      expect(await room.query('select job_id from transcript_drafts')).toEqual([]);
    },
    LIMIT_MS,
  );
});
