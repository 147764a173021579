/** The receiver of docs/webhooks.md, as it stands there. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedWebhook, WebhookDelivery, WebhookDeliveryList } from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { jsonOf } from '../support/api-client.js';
import { findFreePort } from '../support/free-port.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

let service: RunningService;

beforeAll(async () => {
  service = await startService({ env: { WORKER_EMBEDDED: 'false', WEBHOOK_ALLOW: '127.0.0.1' } });
}, 90_000);

afterAll(async () => {
  await service.stop();
});

function codeOfDocs(): string {
  const [, code] = /```js\n(.*?)```/s.exec(readFileSync(path.join(ROOT, 'docs/webhooks.md'), 'utf8')) ?? [];
  if (code === undefined) throw new Error('The document has code');
  return code;
}

describe('the receiver of docs/webhooks.md', () => {
  it('takes what we send, and nothing else', async () => {
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}/`;
    const webhook = await jsonOf<CreatedWebhook>(await postJson(`${service.url}/webhooks`, { url }));
    const receiver = spawn(process.execPath, ['--input-type=module', '-e', codeOfDocs()], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], WEBHOOK_SECRET: webhook.secret, PORT: String(port) },
    });
    let printed = '';
    receiver.stdout.on('data', (text: Buffer) => (printed += text.toString()));
    try {
      await waitFor(async () => (await refusalOf(url)) === 400, { what: 'the receiver' });
      const test = await postJson(`${service.url}/webhooks/${webhook.id}/test`, undefined);
      const { id } = await jsonOf<WebhookDelivery>(test);

      await waitFor(() => printed === `webhook.test ${webhook.id}\n`, { what: 'the message' });
      await waitFor(async () => {
        const { deliveries } = await jsonOf<WebhookDeliveryList>(
          await fetch(`${service.url}/webhooks/deliveries`),
        );
        return deliveries.some((delivery) => delivery.id === id && delivery.state === 'delivered');
      });
      expect(await refusalOf(url)).toBe(400);
    } finally {
      receiver.kill();
    }
  });
});

/** What the receiver says to a message that nobody has signed; null while it is not there. */
async function refusalOf(url: string): Promise<number | null> {
  try {
    return (await fetch(url, { method: 'POST', body: '{"type":"job.completed"}' })).status;
  } catch {
    return null;
  }
}
