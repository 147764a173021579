/** verifyWebhook of the SDK, with what the service really sends. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  verifyWebhook,
  WebhookVerificationError,
  type CreatedWebhook,
} from '@whisper-transcriber/client-sdk';
import { jsonOf } from '../support/api-client.js';
import { HookedService } from '../support/hooked-service.js';
import type { ReceivedHook } from '../support/hook-receiver.js';

const OTHER_SECRET = `whsec_${Buffer.from('somebody else').toString('base64')}`;

let service: HookedService;
let webhook: CreatedWebhook;

beforeAll(async () => {
  service = await HookedService.open();
}, 90_000);

afterAll(async () => {
  await service.close();
});

beforeEach(async () => {
  await service.openReceiver();
  webhook = await service.create();
});

afterEach(async () => {
  await service.closeReceiver();
});

async function receive(): Promise<ReceivedHook> {
  return service.received(await service.test(webhook.id));
}

describe('verifyWebhook', () => {
  it('takes what the service sent, as text, as bytes, and with any kind of headers', async () => {
    const { body, headers, payload } = await receive();

    expect(await verifyWebhook(body, headers, webhook.secret)).toEqual(payload);
    expect(await verifyWebhook(Buffer.from(body), new Headers(headers), webhook.secret)).toEqual(payload);
  });

  it('takes both secrets while one is being replaced', async () => {
    const rotation = await service.ask('rotateWebhookSecret', webhook.id);
    const { secret } = await jsonOf<CreatedWebhook>(rotation);

    const { body, headers, payload } = await receive();

    expect(await verifyWebhook(body, headers, webhook.secret)).toEqual(payload);
    expect(await verifyWebhook(body, headers, secret)).toEqual(payload);
    expect(await verifyWebhook(body, headers, [OTHER_SECRET, secret])).toEqual(payload);
  });

  it('refuses what the service did not send like this', async () => {
    const { body, headers } = await receive();
    const other = (changed: object): typeof headers => ({ ...headers, ...changed });
    const attempts: Parameters<typeof verifyWebhook>[] = [
      [`${body} `, headers, webhook.secret],
      [body, headers, OTHER_SECRET],
      [body, headers, []],
      [body, headers, 'whsec_***'],
      [body, {}, webhook.secret],
      [body, other({ 'webhook-id': 'other' }), webhook.secret],
      [body, other({ 'webhook-timestamp': 'now' }), webhook.secret],
      [body, other({ 'webhook-signature': 'v2,AAAA' }), webhook.secret],
      [body, headers, webhook.secret, { toleranceSeconds: -1 }],
    ];

    for (const attempt of attempts)
      await expect(verifyWebhook(...attempt)).rejects.toThrow(WebhookVerificationError);
  });
});
