import { Webhook as Signer } from 'standardwebhooks';

/**
 * The headers of the Standard Webhooks specification.
 *
 * @param secrets of which the receiver may know any
 */
export function signedHeaders(
  id: string,
  at: Date,
  payload: string,
  secrets: readonly string[],
): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Signer(secret).sign(id, at, payload)).join(' '),
  };
}
