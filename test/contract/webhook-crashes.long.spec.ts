/** What becomes of webhooks when processes die, stop, start side by side or get other keys. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type {
  CreatedWebhook,
  Job,
  WebhookDelivery,
  WebhookDeliveryList,
} from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { jsonOf, upload } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import { HookReceiver, isSignedWith } from '../support/hook-receiver.js';
import { sampleKey } from '../support/sample-key.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SHORT = 'clips/fr/bonjour_monde.wav';
const LIMIT_MS = 120_000;
const JOBS = 5;
const TESTS = 40;
const OLD = sampleKey('old secret');
const NEW = sampleKey('new secret');
const silence = (): void => undefined;

let database: TestDatabase;
let receiver: HookReceiver;
const running: RunningService[] = [];

beforeAll(async () => {
  database = await openOnServer();
}, LIMIT_MS);

beforeEach(async () => {
  receiver = await HookReceiver.open();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
  await receiver.close();
  await executeSql(
    database.url,
    'delete from webhooks; delete from webhook_secrets; delete from webhook_deliveries',
  );
}, LIMIT_MS);

afterAll(async () => {
  await database.close();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<RunningService> {
  const service = await startService({
    env: {
      DATABASE_URL: database.url,
      WORKER_EMBEDDED: 'false',
      WEBHOOK_ALLOW: '127.0.0.1',
      SECRET_KEY: OLD,
      ...env,
    },
  });
  running.push(service);
  return service;
}

async function create({ url }: RunningService, target = receiver.url()): Promise<CreatedWebhook> {
  return jsonOf<CreatedWebhook>(await postJson(`${url}/webhooks`, { url: target }));
}

async function test({ url }: RunningService, webhookId: string): Promise<string> {
  const response = await fetch(`${url}/webhooks/${webhookId}/test`, { method: 'POST' });
  return (await jsonOf<WebhookDelivery>(response)).id;
}

async function deliveriesAt({ url }: RunningService): Promise<WebhookDelivery[]> {
  return (await jsonOf<WebhookDeliveryList>(await fetch(`${url}/webhooks/deliveries`))).deliveries;
}

const waitForDelivered = (service: RunningService, count: number): Promise<void> =>
  waitFor(
    async () => (await deliveriesAt(service)).filter(({ state }) => state === 'delivered').length === count,
    { limitMs: 60_000, what: 'all deliveries' },
  );

describe('kill -9 of the service', () => {
  it(
    'loses no event and makes none up: each arrives after the restart, under one id',
    async () => {
      const service = await start({ WEBHOOK_TIMEOUT_S: '2' });
      const { secret } = await create(service);
      const ids = await Promise.all(
        Array.from({ length: JOBS }, async () => jsonOf<Job>(await upload(service.url, { file: SHORT }))),
      );
      receiver.answers = [silence, silence];
      await Promise.all(
        ids.map(({ links }) => fetch(`${service.url}${links.self}/cancel`, { method: 'POST' })),
      );
      await waitFor(() => receiver.received.length > 0);
      await service.kill();
      const before = receiver.received.length;
      const next = await start({ WEBHOOK_TIMEOUT_S: '2' });
      await waitForDelivered(next, JOBS);

      expect(receiver.received.length).toBeGreaterThan(before);
      for (const { job_id: id } of ids) expect(new Set(receiver.of(id).map((hook) => hook.id)).size).toBe(1);
      expect(receiver.received.every((hook) => isSignedWith(hook, secret))).toBe(true);
      const [cut] = receiver.received;
      expect(receiver.of(cut?.id ?? '').length).toBeGreaterThan(1);
    },
    LIMIT_MS,
  );
});

describe('SIGTERM', () => {
  it(
    'does not wait for a receiver that is silent: the next process sends to it, as if nothing had been tried',
    async () => {
      const service = await start({ WEBHOOK_TIMEOUT_S: '120' });
      const { id: webhookId } = await create(service);
      receiver.answers = [silence];
      const id = await test(service, webhookId);
      await waitFor(() => receiver.received.length === 1);

      expect(await service.stop()).toBe(0);
      expect(
        await query(database.url, `select state, attempts, lease_token from webhook_deliveries`),
      ).toEqual([{ state: 'pending', attempts: 0, lease_token: null }]);
      const next = await start();
      await waitForDelivered(next, 1);
      expect(receiver.received.map((hook) => hook.id)).toEqual([id, id]);
    },
    LIMIT_MS,
  );
});

describe('two processes', () => {
  it(
    'send each delivery once between them',
    async () => {
      const [one, other] = await Promise.all([start(), start()]);
      const { id: webhookId } = await create(one);
      const ids: string[] = [];
      for (let i = 0; i < TESTS; i += 2)
        ids.push(...(await Promise.all([test(one, webhookId), test(other, webhookId)])));
      await waitForDelivered(one, TESTS);

      expect(receiver.received.map((hook) => hook.id).toSorted()).toEqual(ids.toSorted());
    },
    LIMIT_MS,
  );
});

describe('the rotation of SECRET_KEY', () => {
  it(
    'leaves the secrets of webhooks as they are, once the processes have had both keys',
    async () => {
      const before = await start();
      const { id: webhookId, secret } = await create(before);
      await before.stop();
      await (await start({ SECRET_KEY: `${NEW},${OLD}` })).stop();
      const after = await start({ SECRET_KEY: NEW });
      await test(after, webhookId);
      await waitForDelivered(after, 1);

      expect(receiver.received.map((hook) => isSignedWith(hook, secret))).toEqual([true]);
    },
    LIMIT_MS,
  );

  it(
    'at once leaves secrets that nobody can read, which deliveries tell of, and which can be rotated',
    async () => {
      const before = await start();
      const { id: webhookId } = await create(before);
      await before.stop();
      const after = await start({ SECRET_KEY: NEW });
      await test(after, webhookId);
      await waitFor(async () => (await deliveriesAt(after))[0]?.last_error === 'webhook_secret_unreadable');
      const rotated = await fetch(`${after.url}/webhooks/${webhookId}/rotate-secret`, { method: 'POST' });
      const { secret } = await jsonOf<{ secret: string }>(rotated);
      await fetch(`${after.url}/webhooks/deliveries/${(await deliveriesAt(after))[0]?.id ?? ''}/redeliver`, {
        method: 'POST',
      });
      await waitForDelivered(after, 1);

      expect(receiver.received.map((hook) => isSignedWith(hook, secret))).toEqual([true]);
    },
    LIMIT_MS,
  );
});

describe('without WEBHOOK_ALLOW', () => {
  it(
    'nothing is sent to a name that leads to this machine, and addresses of it are refused',
    async () => {
      const service = await start({ WEBHOOK_ALLOW: '', URL_FETCH_ALLOW: '127.0.0.1' });
      expect((await postJson(`${service.url}/webhooks`, { url: receiver.url() })).status).toBe(403);
      const { id } = await create(service, receiver.url().replace('127.0.0.1', 'localhost'));
      await test(service, id);

      await waitFor(async () => (await deliveriesAt(service))[0]?.last_error === 'url_forbidden');
      expect(receiver.received).toEqual([]);
    },
    LIMIT_MS,
  );
});

describe('the log of deliveries', () => {
  it(
    'forgets what has ended long ago',
    async () => {
      const service = await start();
      const { id: webhookId } = await create(service);
      const ids = [await test(service, webhookId), await test(service, webhookId)];
      await waitForDelivered(service, 2);
      await service.stop();
      await executeSql(
        database.url,
        `update webhook_deliveries set ended_at = now() - interval '15 days' where id = '${ids[0] ?? ''}'`,
      );
      const next = await start();

      await waitFor(async () => (await deliveriesAt(next)).length === 1);
      expect((await deliveriesAt(next)).map(({ id }) => id)).toEqual([ids[1]]);
    },
    LIMIT_MS,
  );
});
