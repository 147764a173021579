import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type {
  JobCancelledMessage,
  TranscriptUpdatedMessage,
  JobCompletedMessage,
  JobFailedMessage,
  WebhookTestMessage,
} from '@whisper-transcriber/client-sdk';
import { Webhook } from 'standardwebhooks';
import { OutsideServer } from './outside-server.js';

type WebhookMessage =
  | JobCompletedMessage
  | JobFailedMessage
  | JobCancelledMessage
  | TranscriptUpdatedMessage
  | WebhookTestMessage;

/** One attempt as it arrived. */
export interface ReceivedHook {
  readonly id: string;
  readonly at: Date;
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
      at: new Date(),
      headers,
      body,
      payload: JSON.parse(body) as WebhookMessage,
    });
    const answer = this.answers.shift() ?? 204;
    if (typeof answer === 'function') answer(response);
    else response.writeHead(answer).end();
  }
}

/** As receivers are told to refuse what is older. */
const MOST_AGE_MS = 5 * 60_000;

/** Whether the holder of this secret took it for ours when it arrived, which may be long ago: the library judges by the time of its call. */
export function isSignedWith({ id, at, headers, body }: ReceivedHook, secret: string): boolean {
  const sentAt = new Date(Number(headers['webhook-timestamp']) * 1000);
  const signature = new Webhook(secret).sign(id, sentAt, body);
  const isFresh = Math.abs(at.getTime() - sentAt.getTime()) < MOST_AGE_MS;
  return isFresh && (headers['webhook-signature'] ?? '').split(' ').includes(signature);
}
