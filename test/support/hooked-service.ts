import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type {
  CreatedWebhook,
  Job,
  WebhookDelivery,
  WebhookDeliveryList,
} from '@whisper-transcriber/client-sdk';
import { jsonOf, problemOf, upload } from './api-client.js';
import { executeSql, openOnServer, type TestDatabase } from './databases.js';
import { query } from './embedded-server.js';
import { HookReceiver, type ReceivedHook } from './hook-receiver.js';
import { OpenApiContract } from './openapi-contract.js';
import { startService, type RunningService } from './start-service.js';
import { waitFor } from './wait-for.js';

const CLIP = 'clips/fr/bonjour_monde.wav';
export const WEBHOOKS_PER_USER = 5;

/** One for all tests of a file, with a receiver for each test. */
export function openHookedForAll(take: (opened: HookedService) => void): void {
  let hooked: HookedService;
  beforeAll(async () => {
    hooked = await HookedService.open();
    take(hooked);
  }, 90_000);
  beforeEach(() => hooked.openReceiver());
  afterEach(() => hooked.closeReceiver());
  afterAll(() => hooked.close());
}

/** A service that may send webhooks to this machine, and a receiver there. Each answer is held against the OpenAPI document. */
export class HookedService {
  readonly contract = new OpenApiContract();
  receiver = new HookReceiver();

  private constructor(
    private readonly database: TestDatabase,
    private readonly service: RunningService,
  ) {}

  static async open(): Promise<HookedService> {
    const database = await openOnServer();
    const service = await startService({
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
    return new HookedService(database, service);
  }

  async close(): Promise<void> {
    await this.service.stop();
    await this.database.close();
  }

  /** For one test. */
  async openReceiver(): Promise<void> {
    this.receiver = await HookReceiver.open();
  }

  /** Nothing of the test remains. */
  async closeReceiver(): Promise<void> {
    await this.receiver.close();
    await this.execute('delete from webhooks; delete from webhook_deliveries');
  }

  get url(): string {
    return this.service.url;
  }

  log(): string {
    return this.service.log();
  }

  execute(sql: string): Promise<void> {
    return executeSql(this.database.url, sql);
  }

  select(sql: string): Promise<Record<string, unknown>[]> {
    return query(this.database.url, sql);
  }

  async ask(operationId: string, id = '', body?: object, search = ''): Promise<Response> {
    const { method, path } = this.contract.getOperation(operationId);
    const response = await fetch(this.url + path.replace(/\{\w+\}/, id) + search, {
      method: method.toUpperCase(),
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    expect(await this.contract.findFaults(operationId, response.clone())).toEqual([]);
    return response;
  }

  async create(more: object = {}): Promise<CreatedWebhook> {
    const response = await this.ask('createWebhook', '', { url: this.receiver.url(), ...more });
    expect(response.status).toBe(201);
    return jsonOf<CreatedWebhook>(response);
  }

  async codeOf(operationId: string, id = '', body?: object): Promise<string> {
    return (await problemOf(await this.ask(operationId, id, body))).code;
  }

  /** A job that ends at once, as its owner cancels it. */
  async cancelJob(fields: Readonly<Record<string, string>> = {}): Promise<string> {
    const id = await this.addJob(fields);
    await fetch(`${this.url}/jobs/${id}/cancel`, { method: 'POST' });
    return id;
  }

  /** A job that waits: nobody works. */
  async addJob(fields: Readonly<Record<string, string>> = {}): Promise<string> {
    return (await jsonOf<Job>(await upload(this.url, { file: CLIP, fields }))).job_id;
  }

  /** Sends a test; returns the id of the delivery. */
  async test(webhookId: string): Promise<string> {
    return (await jsonOf<WebhookDelivery>(await this.ask('testWebhook', webhookId))).id;
  }

  /** What came under this id, or of this job, as soon as it was so much. */
  async received(id: string, count = 1): Promise<ReceivedHook> {
    await waitFor(() => this.receiver.of(id).length >= count, { what: 'a webhook' });
    const hook = this.receiver.of(id)[count - 1];
    if (hook === undefined) throw new Error('It has come');
    return hook;
  }

  async deliveriesOf(webhookId: string): Promise<WebhookDelivery[]> {
    const response = await this.ask('listWebhookDeliveries', webhookId);
    return (await jsonOf<WebhookDeliveryList>(response)).deliveries;
  }

  /** The newest delivery of a webhook, once it is as it should be. */
  async deliveryOf(
    webhookId: string,
    isSo: (delivery: WebhookDelivery) => boolean,
  ): Promise<WebhookDelivery> {
    let found: WebhookDelivery | undefined;
    await waitFor(
      async () => {
        [found] = await this.deliveriesOf(webhookId);
        return found !== undefined && isSo(found);
      },
      { what: 'the delivery' },
    );
    if (found === undefined) throw new Error('It is there');
    return found;
  }

  /** As if the pause before the next attempt were over. */
  skipPause(deliveryId: string): Promise<void> {
    return this.execute(
      `update webhook_deliveries set next_attempt_at = now() where id = '${deliveryId}' and lease_token is null`,
    );
  }
}
