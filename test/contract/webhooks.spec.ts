/** Webhooks and callbacks as those who receive them see them, and what their owners may do. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type {
  CreatedWebhook,
  Job,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryList,
  WebhookList,
  WebhookSecret,
} from '@whisper-transcriber/client-sdk';
import OpenAI from 'openai';
import { jsonOf, problemOf, upload } from '../support/api-client.js';
import { executeSql, openOnServer, type TestDatabase } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import { HookReceiver, isSignedWith, type ReceivedHook } from '../support/hook-receiver.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SHORT = 'clips/fr/bonjour_monde.wav';
const UNKNOWN_ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';
const WEBHOOKS_PER_USER = 5;
const LIMIT_MS = 90_000;
const AT_A_TIME = 32;
const SLOW = 2 * AT_A_TIME;
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

const contract = new OpenApiContract();
let database: TestDatabase;
let service: RunningService;
let receiver: HookReceiver;

beforeAll(async () => {
  database = await openOnServer();
  service = await startService({
    env: {
      DATABASE_URL: database.url,
      PUBLIC_URL: 'https://transcribe.example',
      ANONYMOUS_LOCAL: 'true',
      WORKER_EMBEDDED: 'false',
      WEBHOOK_ALLOW: '127.0.0.1',
      WEBHOOK_TIMEOUT_S: '1',
      WEBHOOKS_PER_USER: String(WEBHOOKS_PER_USER),
    },
  });
}, LIMIT_MS);

beforeEach(async () => {
  receiver = await HookReceiver.open();
});

afterEach(async () => {
  await receiver.close();
  await executeSql(database.url, 'delete from webhooks; delete from webhook_deliveries');
});

afterAll(async () => {
  await service.stop();
  await database.close();
});

async function ask(operationId: string, id = '', body?: object, search = ''): Promise<Response> {
  const { method, path } = contract.getOperation(operationId);
  const response = await fetch(service.url + path.replace(/\{\w+\}/, id) + search, {
    method: method.toUpperCase(),
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  expect(await contract.findFaults(operationId, response.clone())).toEqual([]);
  return response;
}

async function create(more: object = {}): Promise<CreatedWebhook> {
  const response = await ask('createWebhook', '', { url: receiver.url(), ...more });
  expect(response.status).toBe(201);
  return jsonOf<CreatedWebhook>(response);
}

async function codeOf(answer: Promise<Response>): Promise<string> {
  return (await problemOf(await answer)).code;
}

/** A job that ends at once, as its owner cancels it. */
async function cancelJob(fields: Readonly<Record<string, string>> = {}): Promise<string> {
  const job = await jsonOf<Job>(await upload(service.url, { file: SHORT, fields }));
  await fetch(`${service.url}/jobs/${job.job_id}/cancel`, { method: 'POST' });
  return job.job_id;
}

async function received(id: string, count = 1): Promise<ReceivedHook> {
  await waitFor(() => receiver.of(id).length >= count, { what: 'a webhook' });
  const hook = receiver.of(id)[count - 1];
  if (hook === undefined) throw new Error('It has come');
  return hook;
}

async function deliveriesOf(webhookId: string): Promise<WebhookDelivery[]> {
  return (await jsonOf<WebhookDeliveryList>(await ask('listWebhookDeliveries', webhookId))).deliveries;
}

/** The only delivery of a webhook, once it is as it should be. */
async function deliveryOf(
  webhookId: string,
  isSo: (delivery: WebhookDelivery) => boolean,
): Promise<WebhookDelivery> {
  let found: WebhookDelivery | undefined;
  await waitFor(
    async () => {
      [found] = await deliveriesOf(webhookId);
      return found !== undefined && isSo(found);
    },
    { what: 'the delivery' },
  );
  if (found === undefined) throw new Error('It is there');
  return found;
}

/** As if the pause before the next attempt were over. */
async function skipPause(id: string): Promise<void> {
  await executeSql(
    database.url,
    `update webhook_deliveries set next_attempt_at = now() where id = '${id}' and lease_token is null`,
  );
}

describe('a webhook', () => {
  it('is told how a job ended, by a message that both the standard and the OpenAI SDK verify', async () => {
    const { id, secret } = await create();
    const jobId = await cancelJob();
    const hook = await received(jobId);

    expect(secret).toMatch(SECRET);
    expect(isSignedWith(hook, secret)).toBe(true);
    const openai = new OpenAI({ apiKey: 'unused', webhookSecret: secret });
    expect(await openai.webhooks.unwrap(hook.body, hook.headers)).toEqual(hook.payload);
    await expect(openai.webhooks.unwrap(`${hook.body} `, hook.headers)).rejects.toThrow();
    expect(hook.headers).toMatchObject({ 'content-type': 'application/json' });
    const at = new Date(hook.payload.timestamp);
    expect(hook.payload).toEqual({
      id: hook.id,
      object: 'event',
      type: 'job.cancelled',
      created_at: Math.floor(at.getTime() / 1000),
      timestamp: at.toISOString(),
      data: {
        id: jobId,
        job_id: jobId,
        status: 'cancelled',
        model: 'base',
        duration_seconds: expect.any(Number),
        error: null,
        links: {
          self: `https://transcribe.example/jobs/${jobId}`,
          transcript: `https://transcribe.example/transcripts/${jobId}`,
          download: `https://transcribe.example/transcripts/${jobId}/download`,
        },
      },
    });
    const delivery = await deliveryOf(id, ({ state }) => state === 'delivered');
    expect(delivery).toMatchObject({ id: hook.id, job_id: jobId, attempts: 1, last_status: 204 });
    expect(delivery).toMatchObject({ next_attempt_at: null, last_error: null });
  });

  it('is told once of each event, which is a delivery of its own for each webhook', async () => {
    const webhooks = [await create(), await create()];
    const jobId = await cancelJob();
    for (const { id } of webhooks) await deliveryOf(id, ({ state }) => state === 'delivered');

    const hooks = receiver.of(jobId);
    expect(new Set(hooks.map(({ id }) => id)).size).toBe(2);
    expect(hooks).toHaveLength(2);
  });

  it('is told of the events that it wants', async () => {
    const other = await create({ events: ['job.completed', 'job.failed'] });
    const { id } = await create({ events: ['job.cancelled'] });
    await cancelJob();
    await deliveryOf(id, ({ state }) => state === 'delivered');

    expect(await deliveriesOf(other.id)).toEqual([]);
  });

  it('gets the same message again after an error, signed anew', async () => {
    const { id, secret } = await create();
    receiver.answers = [500];
    const jobId = await cancelJob();
    const failed = await deliveryOf(id, ({ last_status: status }) => status === 500);

    expect(failed).toMatchObject({ state: 'pending', attempts: 1, delivered_at: null });
    expect(failed.next_attempt_at).not.toBeNull();
    await skipPause(failed.id);
    const again = await received(jobId, 2);
    expect([again.id, again.body]).toEqual([failed.id, receiver.of(jobId)[0]?.body]);
    expect(isSignedWith(again, secret)).toBe(true);
    expect((await deliveryOf(id, ({ state }) => state === 'delivered')).attempts).toBe(2);
  });

  it('that redirects, is silent or is gone has failed, and the redirect leads nowhere', async () => {
    const { id } = await create();
    receiver.answers = [
      (response) => response.writeHead(307, { location: receiver.url('/elsewhere') }).end(),
      () => undefined,
    ];
    const jobId = await cancelJob();
    const redirected = await deliveryOf(id, ({ last_status: status }) => status === 307);
    await skipPause(redirected.id);
    const silent = await deliveryOf(id, ({ last_error: error }) => error === 'url_timeout');

    expect([silent.state, silent.attempts, silent.last_status]).toEqual(['pending', 2, null]);
    await receiver.close();
    await skipPause(silent.id);
    const gone = await deliveryOf(id, ({ last_error: error }) => error === 'url_unreachable');
    expect([gone.state, gone.attempts]).toEqual(['pending', 3]);
    expect(receiver.of(jobId)).toHaveLength(2);
  });

  it('whose answers are long or never end has taken the message all the same', async () => {
    const { id } = await create();
    receiver.answers = [(response) => response.writeHead(200).write('x'.repeat(100_000))];
    await cancelJob();

    expect((await deliveryOf(id, ({ attempts }) => attempts > 0)).last_error).toBeNull();
    expect((await deliveryOf(id, ({ state }) => state === 'delivered')).last_status).toBe(200);
  });

  it('that answers 410 is disabled, until its owner enables it', async () => {
    const { id } = await create();
    receiver.answers = [410];
    await cancelJob();
    const { id: deliveryId } = await deliveryOf(id, ({ state }) => state === 'dead');

    expect(await jsonOf<Webhook>(await ask('getWebhook', id))).toMatchObject({
      enabled: false,
      disabled_reason: 'gone',
    });
    expect(await codeOf(ask('testWebhook', id))).toBe('webhook_disabled');
    expect(await codeOf(ask('redeliver', deliveryId))).toBe('webhook_disabled');
    expect(await jsonOf<Webhook>(await ask('changeWebhook', id, { enabled: true }))).toMatchObject({
      enabled: true,
      disabled_reason: null,
    });
    expect((await ask('redeliver', deliveryId)).status).toBe(202);
    await deliveryOf(id, ({ state }) => state === 'delivered');
  });

  it('is given up on after a day, and sent to again on the word of its owner, under the same id', async () => {
    const { id } = await create();
    receiver.answers = [500];
    const jobId = await cancelJob();
    const { id: deliveryId } = await deliveryOf(id, ({ last_status: status }) => status === 500);
    await executeSql(database.url, `update webhook_deliveries set attempts = 7`);
    receiver.answers = [503];
    await skipPause(deliveryId);
    const dead = await deliveryOf(id, ({ state }) => state === 'dead');

    expect(dead).toMatchObject({ attempts: 8, last_status: 503, next_attempt_at: null });
    expect((await ask('redeliver', deliveryId)).status).toBe(202);
    const delivered = await deliveryOf(id, ({ state }) => state === 'delivered');
    expect(delivered).toMatchObject({ id: deliveryId, attempts: 1, last_status: 204 });
    expect(receiver.of(jobId).map((hook) => hook.id)).toEqual([deliveryId, deliveryId, deliveryId]);
  });

  it('that is slow holds up no other', async () => {
    const slow = await create({ url: receiver.url('/slow'), events: ['job.completed'] });
    const quick = await create({ events: ['job.cancelled'] });
    receiver.answers = Array.from({ length: SLOW }, () => () => undefined);
    for (let i = 0; i < SLOW; i += 1) await ask('testWebhook', slow.id);
    await waitFor(() => receiver.received.length > 0);
    const jobId = await cancelJob();
    await received(jobId);

    // All that a process sends at a time would be this many, and the quick one would come after them.
    expect(receiver.received.findIndex(({ payload }) => payload.data.id === jobId)).toBeLessThan(AT_A_TIME);
    expect(await deliveriesOf(quick.id)).toHaveLength(1);
  });

  it('gets a test on the word of its owner, as it gets all else', async () => {
    const { id, secret } = await create();
    const response = await ask('testWebhook', id);
    const delivery = await jsonOf<WebhookDelivery>(response);

    expect([response.status, delivery.type, delivery.job_id]).toEqual([202, 'webhook.test', null]);
    const hook = await received(delivery.id);
    expect(hook.payload).toMatchObject({ id: delivery.id, type: 'webhook.test', data: { id } });
    expect(isSignedWith(hook, secret)).toBe(true);
  });
});

describe('the secret of a webhook', () => {
  it('is rotated with an overlap: deliveries verify with both, then with the new one only', async () => {
    const { id, secret: old } = await create();
    const { secret } = await jsonOf<WebhookSecret>(await ask('rotateWebhookSecret', id));
    const during = await received((await jsonOf<WebhookDelivery>(await ask('testWebhook', id))).id);

    expect(secret).toMatch(SECRET);
    expect(secret).not.toBe(old);
    expect([isSignedWith(during, old), isSignedWith(during, secret)]).toEqual([true, true]);
    for (const webhookSecret of [old, secret]) {
      const openai = new OpenAI({ apiKey: 'unused', webhookSecret });
      expect(await openai.webhooks.unwrap(during.body, during.headers)).toEqual(during.payload);
    }
    await executeSql(database.url, `update webhook_secrets set previous_until = now()`);
    const after = await received((await jsonOf<WebhookDelivery>(await ask('testWebhook', id))).id);
    expect([isSignedWith(after, old), isSignedWith(after, secret)]).toEqual([false, true]);
  });

  it('is nowhere in the database, in the answers after the first one and in the log', async () => {
    const { id, secret } = await create();
    const bare = secret.replace('whsec_', '');
    const rows = await query(database.url, `select encode(secret, 'escape') as secret from webhook_secrets`);

    expect(JSON.stringify(rows)).not.toContain(bare);
    expect(await (await ask('getWebhook', id)).text()).not.toContain(bare);
    expect(await (await ask('listWebhooks')).text()).not.toContain(bare);
    expect(service.log()).not.toContain(bare);
  });
});

describe('the callback_url of a job', () => {
  it('is told how the job ended, signed with the secret for callbacks', async () => {
    const { secret } = await jsonOf<WebhookSecret>(await ask('rotateCallbackSecret'));
    const jobId = await cancelJob({ callback_url: receiver.url('/callback?token=mine') });
    const hook = await received(jobId);

    expect(secret).toMatch(SECRET);
    expect(isSignedWith(hook, secret)).toBe(true);
    const { deliveries } = await jsonOf<WebhookDeliveryList>(await ask('listDeliveries'));
    expect(deliveries).toEqual([expect.objectContaining({ id: hook.id, webhook_id: null, job_id: jobId })]);
  });

  it('may be used before there is such a secret, and redelivered once there is one', async () => {
    await executeSql(database.url, 'delete from webhook_secrets');
    const jobId = await cancelJob({ callback_url: receiver.url() });
    const first = await received(jobId);
    const { secret } = await jsonOf<WebhookSecret>(await ask('rotateCallbackSecret'));
    await waitFor(
      async () =>
        (await jsonOf<WebhookDeliveryList>(await ask('listDeliveries'))).deliveries[0]?.state === 'delivered',
    );

    expect(isSignedWith(first, secret)).toBe(false);
    expect((await ask('redeliver', first.id)).status).toBe(202);
    const again = await received(jobId, 2);
    expect([again.id, isSignedWith(again, secret)]).toEqual([first.id, true]);
  });

  it('works at every door', async () => {
    const url = receiver.url();
    const json = { 'content-type': 'application/json' };
    const stored = await upload(service.url, { path: '/media', file: SHORT });
    const { media_id: mediaId } = await jsonOf<{ media_id: string }>(stored);
    const transcribed = await fetch(`${service.url}/media/${mediaId}/jobs`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ callback_url: url }),
    });
    const begun = await fetch(`${service.url}/uploads/initialize`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ filename: 'a.wav', file_size: 1, callback_url: url }),
    });
    const tus = await fetch(`${service.url}/uploads/tus`, {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': '1',
        'upload-metadata': `callback_url ${Buffer.from(url).toString('base64')}`,
      },
    });

    expect([transcribed.status, begun.status, tus.status]).toEqual([202, 200, 201]);
    const kept = [
      ...(await query(database.url, 'select callback_url as url from jobs order by created_at desc limit 1')),
      ...(await query(database.url, `select options->>'callbackUrl' as url from upload_sessions`)),
    ];
    expect(kept.map((row) => row['url'])).toEqual([url, url, url]);
    expect(await transcribed.text()).not.toContain(url);
  });

  it.each([
    ['http://10.0.0.1/', 'url_forbidden'],
    ['ftp://hooks.example/', 'url_invalid'],
  ])('%s is refused at every door', async (url, code) => {
    const refused = await upload(service.url, { file: SHORT, fields: { callback_url: url } });

    expect((await problemOf(refused)).code).toBe(code);
    for (const [path, body] of [
      ['/uploads/initialize', { filename: 'a.wav', file_size: 1 }],
      ['/uploads/url', { url: 'https://recordings.example/a.wav' }],
    ] as const) {
      const response = await fetch(service.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...body, callback_url: url }),
      });
      expect((await problemOf(response)).code).toBe(code);
    }
  });
});

describe('addresses', () => {
  it.each([
    ['http://10.0.0.1/hook', 'url_forbidden'],
    ['http://169.254.169.254/latest', 'url_forbidden'],
    ['http://[::1]:8080/', 'url_forbidden'],
    ['http://0x7f.2/', 'url_forbidden'],
    ['file:///etc/passwd', 'url_invalid'],
    ['https://user:password@hooks.example/', 'url_invalid'],
    ['hooks.example', 'url_invalid'],
  ])('%s is refused', async (url, code) => {
    expect(await codeOf(ask('createWebhook', '', { url }))).toBe(code);
    const { id } = await create();
    expect(await codeOf(ask('changeWebhook', id, { url }))).toBe(code);
  });

  it('are judged at each delivery anew', async () => {
    const { id } = await create();
    await executeSql(database.url, `update webhooks set url = 'http://10.255.255.1/'`);
    await ask('testWebhook', id);

    const refused = await deliveryOf(id, ({ last_error: error }) => error !== null);
    expect([refused.state, refused.last_error]).toEqual(['pending', 'url_forbidden']);
  });
});

describe('the owner of webhooks', () => {
  it('lists, reads, changes and deletes them', async () => {
    const first = await create({ description: 'first' });
    const { secret: _shown, ...second } = await create({ description: 'second', enabled: false });

    const { webhooks } = await jsonOf<WebhookList>(await ask('listWebhooks'));
    expect(webhooks.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(await jsonOf(await ask('getWebhook', second.id))).toEqual(second);
    const changes = { url: 'https://hooks.example/new', events: ['job.failed'], description: 'third' };
    expect(await jsonOf(await ask('changeWebhook', second.id, changes))).toMatchObject(changes);
    expect((await ask('deleteWebhook', second.id)).status).toBe(204);
    expect((await ask('getWebhook', second.id)).status).toBe(404);
    expect(
      await query(database.url, `select 1 from webhook_secrets where target_id = '${second.id}'`),
    ).toEqual([]);
  });

  it('sees the deliveries page by page, newest first', async () => {
    const { id } = await create();
    const tests = [await ask('testWebhook', id), await ask('testWebhook', id), await ask('testWebhook', id)];
    const ids = await Promise.all(tests.map(async (test) => (await jsonOf<WebhookDelivery>(test)).id));
    const page = await jsonOf<WebhookDeliveryList>(
      await ask('listWebhookDeliveries', id, undefined, '?skip=1&limit=1'),
    );

    expect(page).toMatchObject({ total: 3, skip: 1, limit: 1 });
    expect(page.deliveries.map((delivery) => delivery.id)).toEqual([ids[1]]);
    expect((await ask('listWebhookDeliveries', id, undefined, '?limit=0')).status).toBe(422);
    expect((await ask('listDeliveries', '', undefined, '?limit=0')).status).toBe(422);
  });

  it('has so many as are allowed', async () => {
    const creating = Array.from({ length: WEBHOOKS_PER_USER + 3 }, () =>
      ask('createWebhook', '', { url: receiver.url() }),
    );
    const statuses = (await Promise.all(creating)).map(({ status }) => status);

    expect(statuses.filter((status) => status === 201)).toHaveLength(WEBHOOKS_PER_USER);
    expect(await codeOf(ask('createWebhook', '', { url: receiver.url() }))).toBe('too_many_webhooks');
  });

  it('gets nothing more of one that is deleted or disabled', async () => {
    const { id } = await create();
    receiver.answers = [500];
    await cancelJob();
    const { id: deliveryId } = await deliveryOf(id, ({ last_status: status }) => status === 500);
    await ask('changeWebhook', id, { enabled: false });
    await skipPause(deliveryId);

    expect((await deliveryOf(id, ({ state }) => state === 'dead')).last_error).toBe('webhook_disabled');
    await ask('deleteWebhook', id);
    expect(await query(database.url, 'select 1 from webhook_deliveries')).toEqual([]);
    expect(receiver.received).toHaveLength(1);
  });

  it.each([
    {},
    { url: '' },
    { url: 7 },
    { url: 'https://hooks.example/', events: [] },
    { url: 'https://hooks.example/', events: ['job.created'] },
    { url: 'https://hooks.example/', events: ['job.failed', 'job.failed'] },
    { url: 'https://hooks.example/', enabled: 'yes' },
    { url: 'https://hooks.example/', secret: 'whsec_mine' },
    { url: 'https://hooks.example/', description: 'x'.repeat(201) },
    { url: `https://hooks.example/${'x'.repeat(2048)}` },
  ])('cannot make one of %j', async (body) => {
    expect(await codeOf(ask('createWebhook', '', body))).toBe('validation_failed');
  });

  it.each([
    'getWebhook',
    'changeWebhook',
    'deleteWebhook',
    'rotateWebhookSecret',
    'testWebhook',
    'listWebhookDeliveries',
    'redeliver',
  ])('can do nothing with one that does not exist: %s', async (operation) => {
    const body = operation === 'changeWebhook' ? {} : undefined;
    for (const id of [UNKNOWN_ID, 'not-an-id']) expect((await ask(operation, id, body)).status).toBe(404);
    expect((await ask(operation, '%E0%A4%A', body)).status).toBe(400);
  });
});

describe('the metrics', () => {
  it('count the attempts by what came of them, and what is waiting', async () => {
    const { id } = await create();
    receiver.answers = [500];
    await ask('testWebhook', id);
    await deliveryOf(id, ({ last_status: status }) => status === 500);
    const metrics = await (await fetch(`${service.url}/metrics/`)).text();

    expect(metrics).toMatch(/^whisper_webhook_deliveries_total\{outcome="failed"\} [1-9]/m);
    expect(metrics).toMatch(/^whisper_webhook_deliveries_pending 1$/m);
  });
});

describe('the OpenAPI document', () => {
  it('describes no success of webhooks that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => tag === 'Webhooks')).toEqual([]);
  });
});
