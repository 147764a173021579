/** Webhooks as those who receive them see them. What their owners may do is in webhook-routes.spec.ts. */
import { describe, expect, it } from '@jest/globals';
import type { Webhook, WebhookDelivery } from '@whisper-transcriber/client-sdk';
import OpenAI from 'openai';
import { jsonOf } from '../support/api-client.js';
import { isSignedWith } from '../support/hook-receiver.js';
import { openHookedForAll, type HookedService } from '../support/hooked-service.js';
import { waitFor } from '../support/wait-for.js';

const AT_A_TIME = 32;
const SLOW = 2 * AT_A_TIME;
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

let hooked: HookedService;

openHookedForAll((opened) => {
  hooked = opened;
});

describe('a webhook', () => {
  it('is told how a job ended, by a message that both the standard and the OpenAI SDK verify', async () => {
    const { id, secret } = await hooked.create();
    const jobId = await hooked.cancelJob();
    const hook = await hooked.received(jobId);

    expect(secret).toMatch(SECRET);
    expect(isSignedWith(hook, secret)).toBe(true);
    const openai = new OpenAI({ apiKey: 'unused', webhookSecret: secret });
    expect(await openai.webhooks.unwrap(hook.body, hook.headers)).toEqual(hook.payload);
    await expect(openai.webhooks.unwrap(`${hook.body} `, hook.headers)).rejects.toThrow();
    expect(hooked.contract.findMessageFaults('job.cancelled', hook)).toEqual([]);
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
    const delivery = await hooked.deliveryOf(id, ({ state }) => state === 'delivered');
    expect(delivery).toMatchObject({ id: hook.id, job_id: jobId, attempts: 1, last_status: 204 });
    expect(delivery).toMatchObject({ next_attempt_at: null, last_error: null });
  });

  it('is told once of each event, which is a delivery of its own for each webhook', async () => {
    const webhooks = [await hooked.create(), await hooked.create()];
    const jobId = await hooked.cancelJob();
    for (const { id } of webhooks) await hooked.deliveryOf(id, ({ state }) => state === 'delivered');

    const hooks = hooked.receiver.of(jobId);
    expect(new Set(hooks.map(({ id }) => id)).size).toBe(2);
    expect(hooks).toHaveLength(2);
  });

  it('is told of the events that it wants', async () => {
    const other = await hooked.create({ events: ['job.completed', 'job.failed'] });
    const { id } = await hooked.create({ events: ['job.cancelled'] });
    await hooked.cancelJob();
    await hooked.deliveryOf(id, ({ state }) => state === 'delivered');

    expect(await hooked.deliveriesOf(other.id)).toEqual([]);
  });

  it('gets the same message again after an error, signed anew', async () => {
    const { id, secret } = await hooked.create();
    hooked.receiver.answers = [500];
    const jobId = await hooked.cancelJob();
    const failed = await hooked.deliveryOf(id, ({ last_status: status }) => status === 500);

    expect(failed).toMatchObject({ state: 'pending', attempts: 1, delivered_at: null });
    expect(failed.next_attempt_at).not.toBeNull();
    await hooked.skipPause(failed.id);
    const again = await hooked.received(jobId, 2);
    expect([again.id, again.body]).toEqual([failed.id, hooked.receiver.of(jobId)[0]?.body]);
    expect(isSignedWith(again, secret)).toBe(true);
    const delivered = await hooked.deliveryOf(id, ({ state }) => state === 'delivered');
    expect(delivered.attempts).toBe(2);
    expect(delivered.log.map(({ status, error }) => [status, error])).toEqual([
      [500, null],
      [204, null],
    ]);
  });

  it('that redirects, is silent or is gone has failed, and the redirect leads nowhere', async () => {
    const { id } = await hooked.create();
    hooked.receiver.answers = [
      (response) => response.writeHead(307, { location: hooked.receiver.url('/elsewhere') }).end(),
      () => undefined,
    ];
    const jobId = await hooked.cancelJob();
    const redirected = await hooked.deliveryOf(id, ({ last_status: status }) => status === 307);
    await hooked.skipPause(redirected.id);
    const silent = await hooked.deliveryOf(id, ({ last_error: error }) => error === 'url_timeout');

    expect([silent.state, silent.attempts, silent.last_status]).toEqual(['pending', 2, null]);
    await hooked.receiver.close();
    await hooked.skipPause(silent.id);
    const gone = await hooked.deliveryOf(id, ({ last_error: error }) => error === 'url_unreachable');
    expect([gone.state, gone.attempts]).toEqual(['pending', 3]);
    expect(hooked.receiver.of(jobId)).toHaveLength(2);
  });

  it('whose answers are long or never end has taken the message all the same', async () => {
    const { id } = await hooked.create();
    hooked.receiver.answers = [(response) => response.writeHead(200).write('x'.repeat(100_000))];
    await hooked.cancelJob();

    expect((await hooked.deliveryOf(id, ({ attempts }) => attempts > 0)).last_error).toBeNull();
    expect((await hooked.deliveryOf(id, ({ state }) => state === 'delivered')).last_status).toBe(200);
  });

  it('that answers 410 is disabled, until its owner enables it', async () => {
    const { id } = await hooked.create();
    hooked.receiver.answers = [410];
    await hooked.cancelJob();
    const { id: deliveryId } = await hooked.deliveryOf(id, ({ state }) => state === 'dead');

    expect(await jsonOf<Webhook>(await hooked.ask('getWebhook', id))).toMatchObject({
      enabled: false,
      disabled_reason: 'gone',
    });
    expect(await hooked.codeOf('testWebhook', id)).toBe('webhook_disabled');
    expect(await hooked.codeOf('redeliver', deliveryId)).toBe('webhook_disabled');
    expect(await jsonOf<Webhook>(await hooked.ask('changeWebhook', id, { enabled: true }))).toMatchObject({
      enabled: true,
      disabled_reason: null,
    });
    expect((await hooked.ask('redeliver', deliveryId)).status).toBe(202);
    await hooked.deliveryOf(id, ({ state }) => state === 'delivered');
  });

  it('is given up on after a day, and sent to again on the word of its owner, under the same id', async () => {
    const { id } = await hooked.create();
    hooked.receiver.answers = [500];
    const jobId = await hooked.cancelJob();
    const { id: deliveryId } = await hooked.deliveryOf(id, ({ last_status: status }) => status === 500);
    await hooked.execute(`update webhook_deliveries set attempts = 7`);
    hooked.receiver.answers = [503];
    await hooked.skipPause(deliveryId);
    const dead = await hooked.deliveryOf(id, ({ state }) => state === 'dead');

    expect(dead).toMatchObject({ attempts: 8, last_status: 503, next_attempt_at: null });
    expect((await hooked.ask('redeliver', deliveryId)).status).toBe(202);
    const delivered = await hooked.deliveryOf(id, ({ state }) => state === 'delivered');
    expect(delivered).toMatchObject({ id: deliveryId, attempts: 1, last_status: 204 });
    expect(hooked.receiver.of(jobId).map((hook) => hook.id)).toEqual([deliveryId, deliveryId, deliveryId]);
  });

  it('that is slow holds up no other', async () => {
    const slow = await hooked.create({ url: hooked.receiver.url('/slow'), events: ['job.completed'] });
    const quick = await hooked.create({ events: ['job.cancelled'] });
    hooked.receiver.answers = Array.from({ length: SLOW }, () => () => undefined);
    for (let i = 0; i < SLOW; i += 1) await hooked.ask('testWebhook', slow.id);
    await waitFor(() => hooked.receiver.received.length > 0);
    const jobId = await hooked.cancelJob();
    await hooked.received(jobId);

    // All that a process sends at a time would be this many, and the quick one would come after them.
    expect(hooked.receiver.received.findIndex(({ payload }) => payload.data.id === jobId)).toBeLessThan(
      AT_A_TIME,
    );
    expect(await hooked.deliveriesOf(quick.id)).toHaveLength(1);
  });

  it('gets a test on the word of its owner, as it gets all else', async () => {
    const { id, secret } = await hooked.create();
    const response = await hooked.ask('testWebhook', id);
    const delivery = await jsonOf<WebhookDelivery>(response);

    expect([response.status, delivery.type, delivery.job_id]).toEqual([202, 'webhook.test', null]);
    const hook = await hooked.received(delivery.id);
    expect(hook.payload).toMatchObject({ id: delivery.id, type: 'webhook.test', data: { id } });
    expect(hooked.contract.findMessageFaults('webhook.test', hook)).toEqual([]);
    expect(isSignedWith(hook, secret)).toBe(true);
  });
});

describe('the metrics', () => {
  it('count the attempts by what came of them, and what is waiting', async () => {
    const { id } = await hooked.create();
    hooked.receiver.answers = [500];
    await hooked.ask('testWebhook', id);
    await hooked.deliveryOf(id, ({ last_status: status }) => status === 500);
    const metrics = await (await fetch(`${hooked.url}/metrics/`)).text();

    expect(metrics).toMatch(/^whisper_webhook_deliveries_total\{outcome="failed"\} [1-9]/m);
    expect(metrics).toMatch(/^whisper_webhook_deliveries_pending 1$/m);
  });
});
