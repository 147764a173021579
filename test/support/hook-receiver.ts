import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type {
  JobCancelledMessage,
  JobCompletedMessage,
  JobFailedMessage,
  WebhookTestMessage,
} from '@whisper-transcriber/client-sdk';
import { Webhook } from 'standardwebhooks';
import { OutsideServer } from './outside-server.js';

type WebhookMessage = JobCompletedMessage | JobFailedMessage | JobCancelledMessage | WebhookTestMessage;

/** One attempt as it arrived. */
export interface ReceivedHook {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  /** To the byte. */
  readonly body: string;
  readonly payload: WebhookMessage;
}

/** What is answered: a status, or whatever the function does. */
export type HookAnswer = number | ((response: ServerResponse) => void);

/** Takes webhooks on this machine, at any path. */
export class HookReceiver {
  readonly received: ReceivedHook[] = [];
  /** For the next attempts, one each; then 204. */
  answers: HookAnswer[] = [];
  private server: OutsideServer | undefined;

  static async open(): Promise<HookReceiver> {
    const receiver = new HookReceiver();
    receiver.server = await OutsideServer.http((request, response) => {
      void receiver.take(request, response);
    });
    return receiver;
  }

  url(path = '/hooks'): string {
    return this.server?.url(path, '127.0.0.1') ?? '';
  }

  /** All that came under one of these ids, or of this job. */
  of(id: string): ReceivedHook[] {
    return this.received.filter((hook) => hook.id === id || hook.payload.data.id === id);
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await buffer(request)).toString();
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    this.received.push({
      id: headers['webhook-id'] ?? '',
      headers,
      body,
      payload: JSON.parse(body) as WebhookMessage,
    });
    const answer = this.answers.shift() ?? 204;
    if (typeof answer === 'function') answer(response);
    else response.writeHead(answer).end();
  }
}

/** Whether the holder of this secret takes it for ours. */
export function isSignedWith({ headers, body }: ReceivedHook, secret: string): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
