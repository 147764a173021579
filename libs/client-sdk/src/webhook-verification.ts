import type {
  JobCancelledMessage,
  JobCompletedMessage,
  JobFailedMessage,
  TranscriptUpdatedMessage,
  WebhookTestMessage,
} from './generated/types.gen.js';

const DEFAULT_TOLERANCE_SECONDS = 300;
const PREFIX = 'whsec_';

/** Whatever a webhook tells. */
export type WebhookMessage =
  | JobCompletedMessage
  | JobFailedMessage
  | JobCancelledMessage
  | TranscriptUpdatedMessage
  | WebhookTestMessage;

export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
}

/** As `fetch` or Node's server give them; names in lower case there. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerificationOptions {
  /** How old, or how far ahead of the clock here, a message may be. */
  readonly toleranceSeconds?: number;
}

/**
 * Takes a webhook that was signed after Standard Webhooks.
 * @param body to the byte, as it came
 * @param secret of the webhook (`whsec_…`); several while it is being replaced
 * @throws WebhookVerificationError for whatever the service did not sign, or not now
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  { toleranceSeconds = DEFAULT_TOLERANCE_SECONDS }: VerificationOptions = {},
): Promise<WebhookMessage> {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!(age <= toleranceSeconds)) throw new WebhookVerificationError('The message is not of this time.');
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${text}`);
  const signatures = headerOf(headers, 'webhook-signature')
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => bytesOf(signature.slice('v1,'.length)));
  for (const one of typeof secret === 'string' ? [secret] : secret) {
    const key = await importKey(one);
    for (const signature of signatures)
      if (await crypto.subtle.verify('HMAC', key, signature, signed))
        return JSON.parse(text) as WebhookMessage;
  }
  throw new WebhookVerificationError('The message was not signed with this secret.');
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value !== 'string') throw new WebhookVerificationError(`The message has no ${name}.`);
  return value;
}

function importKey(secret: string): ReturnType<typeof crypto.subtle.importKey> {
  const key = bytesOf(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret);
  return crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

/** @throws WebhookVerificationError for text that is not base64 */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    throw new WebhookVerificationError('The secret or the signature is not base64.');
  }
}
