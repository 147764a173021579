/** What owners of webhooks may do, and the callbacks of jobs. */
import { describe, expect, it } from '@jest/globals';
import type { WebhookDeliveryList, WebhookList, WebhookSecret } from '@whisper-transcriber/client-sdk';
import OpenAI from 'openai';
import { jsonOf, problemOf, upload } from '../support/api-client.js';
import { isSignedWith } from '../support/hook-receiver.js';
import { openHookedForAll, WEBHOOKS_PER_USER, type HookedService } from '../support/hooked-service.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { waitFor } from '../support/wait-for.js';

const SHORT = 'clips/fr/bonjour_monde.wav';
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

let hooked: HookedService;

openHookedForAll((opened) => {
  hooked = opened;
});

describe('the secret of a webhook', () => {
  it('is rotated with an overlap: deliveries verify with both, then with the new one only', async () => {
    const { id, secret: old } = await hooked.create();
    const { secret } = await jsonOf<WebhookSecret>(await hooked.ask('rotateWebhookSecret', id));
    const during = await hooked.received(await hooked.test(id));

    expect(secret).toMatch(SECRET);
    expect(secret).not.toBe(old);
    expect([isSignedWith(during, old), isSignedWith(during, secret)]).toEqual([true, true]);
    for (const webhookSecret of [old, secret]) {
      const openai = new OpenAI({ apiKey: 'unused', webhookSecret });
      expect(await openai.webhooks.unwrap(during.body, during.headers)).toEqual(during.payload);
    }
    await hooked.execute(`update webhook_secrets set previous_until = now()`);
    const after = await hooked.received(await hooked.test(id));
    expect([isSignedWith(after, old), isSignedWith(after, secret)]).toEqual([false, true]);
  });

  it('is nowhere in the database, in the answers after the first one and in the log', async () => {
    const { id, secret } = await hooked.create();
    const bare = secret.replace('whsec_', '');
    const rows = await hooked.select(`select encode(secret, 'escape') as secret from webhook_secrets`);

    expect(JSON.stringify(rows)).not.toContain(bare);
    expect(await (await hooked.ask('getWebhook', id)).text()).not.toContain(bare);
    expect(await (await hooked.ask('listWebhooks')).text()).not.toContain(bare);
    expect(hooked.log()).not.toContain(bare);
  });
});

describe('the callback_url of a job', () => {
  it('is told how the job ended, signed with the secret for callbacks', async () => {
    const { secret } = await jsonOf<WebhookSecret>(await hooked.ask('rotateCallbackSecret'));
    const jobId = await hooked.cancelJob({ callback_url: hooked.receiver.url('/callback?token=mine') });
    const hook = await hooked.received(jobId);

    expect(secret).toMatch(SECRET);
    expect(isSignedWith(hook, secret)).toBe(true);
    const { deliveries } = await jsonOf<WebhookDeliveryList>(await hooked.ask('listDeliveries'));
    expect(deliveries).toEqual([expect.objectContaining({ id: hook.id, webhook_id: null, job_id: jobId })]);
  });

  it('may be used before there is such a secret, and redelivered once there is one', async () => {
    await hooked.execute('delete from webhook_secrets');
    const jobId = await hooked.cancelJob({ callback_url: hooked.receiver.url() });
    const first = await hooked.received(jobId);
    const { secret } = await jsonOf<WebhookSecret>(await hooked.ask('rotateCallbackSecret'));
    await waitFor(
      async () =>
        (await jsonOf<WebhookDeliveryList>(await hooked.ask('listDeliveries'))).deliveries[0]?.state ===
        'delivered',
    );

    expect(isSignedWith(first, secret)).toBe(false);
    expect((await hooked.ask('redeliver', first.id)).status).toBe(202);
    const again = await hooked.received(jobId, 2);
    expect([again.id, isSignedWith(again, secret)]).toEqual([first.id, true]);
  });

  it('works at every door', async () => {
    const url = hooked.receiver.url();
    const json = { 'content-type': 'application/json' };
    const stored = await upload(hooked.url, { path: '/media', file: SHORT });
    const { media_id: mediaId } = await jsonOf<{ media_id: string }>(stored);
    const transcribed = await fetch(`${hooked.url}/media/${mediaId}/jobs`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ callback_url: url }),
    });
    const batch = await fetch(`${hooked.url}/jobs/batch`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ media_ids: [mediaId], callback_url: url }),
    });
    const begun = await fetch(`${hooked.url}/uploads/initialize`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ filename: 'a.wav', file_size: 1, callback_url: url }),
    });
    const tus = await fetch(`${hooked.url}/uploads/tus`, {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': '1',
        'upload-metadata': `callback_url ${Buffer.from(url).toString('base64')}`,
      },
    });

    expect([transcribed.status, batch.status, begun.status, tus.status]).toEqual([202, 202, 200, 201]);
    const kept = [
      ...(await hooked.select('select callback_url as url from jobs order by created_at desc limit 2')),
      ...(await hooked.select(`select options->>'callbackUrl' as url from upload_sessions`)),
    ];
    expect(kept.map((row) => row['url'])).toEqual([url, url, url, url]);
    expect(await transcribed.text()).not.toContain(url);
  });

  it.each([
    ['http://10.0.0.1/', 'url_forbidden'],
    ['ftp://hooks.example/', 'url_invalid'],
  ])('%s is refused at every door', async (url, code) => {
    const refused = await upload(hooked.url, { file: SHORT, fields: { callback_url: url } });

    expect((await problemOf(refused)).code).toBe(code);
    for (const [path, body] of [
      ['/uploads/initialize', { filename: 'a.wav', file_size: 1 }],
      ['/uploads/url', { url: 'https://recordings.example/a.wav' }],
    ] as const) {
      const response = await fetch(hooked.url + path, {
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
    expect(await hooked.codeOf('createWebhook', '', { url })).toBe(code);
    const { id } = await hooked.create();
    expect(await hooked.codeOf('changeWebhook', id, { url })).toBe(code);
  });

  it('are judged at each delivery anew', async () => {
    const { id } = await hooked.create();
    await hooked.execute(`update webhooks set url = 'http://10.255.255.1/'`);
    await hooked.ask('testWebhook', id);

    const refused = await hooked.deliveryOf(id, ({ last_error: error }) => error !== null);
    expect([refused.state, refused.last_error]).toEqual(['pending', 'url_forbidden']);
  });
});

describe('the owner of webhooks', () => {
  it('lists, reads, changes and deletes them', async () => {
    const first = await hooked.create({ description: 'first' });
    const { secret, ...second } = await hooked.create({ description: 'second', enabled: false });

    const { webhooks } = await jsonOf<WebhookList>(await hooked.ask('listWebhooks'));
    expect(secret).toMatch(SECRET);
    expect(webhooks.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(await jsonOf(await hooked.ask('getWebhook', second.id))).toEqual(second);
    const changes = { url: 'https://hooks.example/new', events: ['job.failed'], description: 'third' };
    expect(await jsonOf(await hooked.ask('changeWebhook', second.id, changes))).toMatchObject(changes);
    expect((await hooked.ask('deleteWebhook', second.id)).status).toBe(204);
    expect((await hooked.ask('getWebhook', second.id)).status).toBe(404);
    expect(await hooked.select(`select 1 from webhook_secrets where target_id = '${second.id}'`)).toEqual([]);
  });

  it('sees the deliveries page by page, newest first', async () => {
    const { id } = await hooked.create();
    const ids = [await hooked.test(id), await hooked.test(id), await hooked.test(id)];
    const page = await jsonOf<WebhookDeliveryList>(
      await hooked.ask('listWebhookDeliveries', id, undefined, '?skip=1&limit=1'),
    );

    expect(page).toMatchObject({ total: 3, skip: 1, limit: 1 });
    expect(page.deliveries.map((delivery) => delivery.id)).toEqual([ids[1]]);
    expect((await hooked.ask('listWebhookDeliveries', id, undefined, '?limit=0')).status).toBe(422);
    expect((await hooked.ask('listDeliveries', '', undefined, '?limit=0')).status).toBe(422);
  });

  it('goes on where a page ended, whatever came meanwhile', async () => {
    const { id } = await hooked.create();
    const ids = [await hooked.test(id), await hooked.test(id), await hooked.test(id)];
    const pageAt = async (
      operation: string,
      of: string,
      cursor: string | null,
    ): Promise<WebhookDeliveryList> => {
      const search = `?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`;
      return jsonOf<WebhookDeliveryList>(await hooked.ask(operation, of, undefined, search));
    };

    for (const [operation, of] of [
      ['listWebhookDeliveries', id],
      ['listDeliveries', ''],
    ] as const) {
      const first = await pageAt(operation, of, null);
      const newest = await hooked.test(id);
      const second = await pageAt(operation, of, first.next_cursor);

      const seen = [first, second].flatMap(({ deliveries }) => deliveries.map((delivery) => delivery.id));
      expect([...seen, second.next_cursor]).toEqual([...ids.toReversed(), null]);
      expect(second.total).toBe(ids.length + 1);
      ids.push(newest);
      await hooked.execute(`delete from webhook_deliveries where id = '${ids.shift()}'`);
    }
    expect((await hooked.ask('listDeliveries', '', undefined, '?cursor=x')).status).toBe(422);
  });

  it('chooses among the deliveries by state, event and job', async () => {
    const { id } = await hooked.create();
    const jobId = await hooked.cancelJob();
    await hooked.received(await hooked.test(id));
    await hooked.received(jobId);
    await hooked.execute(`update webhook_deliveries set state = 'dead' where type = 'webhook.test'`);
    const typesOf = async (search: string): Promise<string[]> => {
      const response = await hooked.ask('listDeliveries', '', undefined, search);
      return (await jsonOf<WebhookDeliveryList>(response)).deliveries.map(({ type }) => type);
    };

    expect(await typesOf('?state=dead')).toEqual(['webhook.test']);
    expect(await typesOf('?type=job.cancelled')).toEqual(['job.cancelled']);
    expect(await typesOf(`?job_id=${jobId}`)).toEqual(['job.cancelled']);
    expect(await typesOf(`?job_id=${UNKNOWN_ID}`)).toEqual([]);
    for (const search of ['?state=lost', '?type=job.created', '?job_id=x'])
      expect((await hooked.ask('listWebhookDeliveries', id, undefined, search)).status).toBe(422);
  });

  it('has so many as are allowed', async () => {
    const creating = Array.from({ length: WEBHOOKS_PER_USER + 3 }, () =>
      hooked.ask('createWebhook', '', { url: hooked.receiver.url() }),
    );
    const statuses = (await Promise.all(creating)).map(({ status }) => status);

    expect(statuses.filter((status) => status === 201)).toHaveLength(WEBHOOKS_PER_USER);
    expect(await hooked.codeOf('createWebhook', '', { url: hooked.receiver.url() })).toBe(
      'too_many_webhooks',
    );
  });

  it('gets nothing more of one that is deleted or disabled', async () => {
    const { id } = await hooked.create();
    hooked.receiver.answers = [500];
    await hooked.cancelJob();
    const { id: deliveryId } = await hooked.deliveryOf(id, ({ last_status: status }) => status === 500);
    await hooked.ask('changeWebhook', id, { enabled: false });
    await hooked.skipPause(deliveryId);

    expect((await hooked.deliveryOf(id, ({ state }) => state === 'dead')).last_error).toBe(
      'webhook_disabled',
    );
    await hooked.ask('deleteWebhook', id);
    expect(await hooked.select('select 1 from webhook_deliveries')).toEqual([]);
    expect(hooked.receiver.received).toHaveLength(1);
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
    { url: 'https://hooks.example/', description: 'a\0b' },
    { url: 'https://hooks.example/', description: '\ud800' },
    { url: `https://hooks.example/${'x'.repeat(2048)}` },
  ])('cannot make one of %j', async (body) => {
    expect(await hooked.codeOf('createWebhook', '', body)).toBe('validation_failed');
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
    for (const id of [UNKNOWN_ID, 'not-an-id'])
      expect((await hooked.ask(operation, id, body)).status).toBe(404);
    expect((await hooked.ask(operation, '%E0%A4%A', body)).status).toBe(400);
  });
});

describe('the OpenAPI document', () => {
  it('describes no success of webhooks that was not seen here', () => {
    expect(hooked.contract.findUnseenSuccesses((tag) => tag === 'Webhooks')).toEqual([]);
  });
});
