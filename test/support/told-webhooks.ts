import type {
  CreatedWebhook,
  WebhookDelivery,
  WebhookDeliveryList,
  WebhookSecret,
} from '@whisper-transcriber/client-sdk';
import { jsonOf } from './api-client.js';
import type { Answer, AuditedService, Person } from './audited-service.js';
import { HookReceiver } from './hook-receiver.js';
import type { Expected } from './told-uploads.js';
import { waitFor } from './wait-for.js';

/** Nobody is there. */
const WEBHOOK = { url: 'https://hooks.example/told' };

/** Operations on webhooks, carried out by somebody whose they are. */
export function toldWebhooks(
  opened: () => AuditedService,
): Readonly<Record<string, () => Promise<Expected>>> {
  async function create(): Promise<{ answer: Answer; actor: Person; id: string }> {
    const actor = await opened().addUser();
    const answer = await opened().ask('createWebhook', { token: actor.token, body: WEBHOOK });
    const { id, secret } = await jsonOf<CreatedWebhook>(answer.response.clone());
    opened().secrets.push(secret, WEBHOOK.url);
    return { answer, actor, id };
  }

  async function told(operationId: string, action: Expected['action'], body?: object): Promise<Expected> {
    const { actor, id: objectId } = await create();
    const question = { id: objectId, token: actor.token, ...(body && { body }) };
    return { answer: await opened().ask(operationId, question), actor, objectId, action };
  }

  async function keepSecret(expected: Expected): Promise<Expected> {
    opened().secrets.push((await jsonOf<WebhookSecret>(expected.answer.response.clone())).secret);
    return expected;
  }

  return {
    createWebhook: async () => {
      const { answer, actor, id: objectId } = await create();
      return { answer, actor, objectId, action: 'webhook.created' };
    },
    changeWebhook: () => told('changeWebhook', 'webhook.changed', { enabled: false }),
    deleteWebhook: () => told('deleteWebhook', 'webhook.deleted'),
    rotateWebhookSecret: async () => keepSecret(await told('rotateWebhookSecret', 'webhook.secret_rotated')),
    rotateCallbackSecret: async () => {
      const actor = await opened().addUser();
      const answer = await opened().ask('rotateCallbackSecret', { token: actor.token });
      return keepSecret({ answer, actor, objectId: actor.id, action: 'webhook.callback_secret_rotated' });
    },
    testWebhook: () => told('testWebhook', 'webhook.tested'),
    redeliver: async () => {
      const { actor, id } = await create();
      const { token } = actor;
      const tested = await opened().ask('testWebhook', { id, token });
      const { id: objectId } = await jsonOf<WebhookDelivery>(tested.response);
      await waitFor(async () => {
        const { response } = await opened().ask('listWebhookDeliveries', { id, token });
        const [tried] = (await jsonOf<WebhookDeliveryList>(response)).deliveries;
        return tried?.last_error !== null || tried.last_status !== null;
      });
      const answer = await opened().ask('redeliver', { id: objectId, token });
      return { answer, actor, objectId, action: 'webhook.redelivered' };
    },
  };
}

/** Has something sent to an address that answers 410; returns the id of the webhook. */
export async function tellOneThatIsGone(audited: AuditedService, { token }: Person): Promise<string> {
  const receiver = await HookReceiver.open();
  receiver.answers = [410];
  const created = await audited.ask('createWebhook', { token, body: { url: receiver.url() } });
  const { id, secret, url } = await jsonOf<CreatedWebhook>(created.response);
  audited.secrets.push(secret, url);
  await audited.ask('testWebhook', { id, token });
  await waitFor(() => receiver.received.length > 0, { what: 'the message' });
  await receiver.close();
  return id;
}
