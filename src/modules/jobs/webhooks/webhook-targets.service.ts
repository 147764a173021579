import type { IncomingMessage } from 'node:http';
import type { AddressGuard } from '../../../platform/net/address-guard.js';
import { GuardedClient } from '../../../platform/net/guarded-client.js';
import { parseTarget } from '../../../platform/net/target-url.js';
import { TimeLimit } from '../../../platform/net/time-limit.js';

/** Nobody needs what receivers say; a little of it is read so that they can say it. */
const MAX_ANSWER_BYTES = 16 * 1024;

/** The addresses that users have messages sent to. */
export class WebhookTargetsService {
  private readonly client: GuardedClient;

  /** @param timeoutMs from the connection to the end of the answer */
  constructor(
    private readonly guard: AddressGuard,
    private readonly timeoutMs: number,
  ) {
    this.client = new GuardedClient(guard);
  }

  /**
   * Takes an address from a user: as it is to be kept. Where a name leads is checked at each delivery, as it may change.
   *
   * @throws AppError url_invalid, url_forbidden
   */
  async accept(address: string): Promise<string> {
    const url = parseTarget(address);
    await this.guard.assertNotForbidden(url.hostname);
    return url.href;
  }

  /**
   * Sends one message. Redirects are not followed.
   *
   * @returns the status of the answer, whatever it is
   * @throws AppError as GuardedClient.request; the reason of the signal
   */
  async post(
    address: string,
    headers: Readonly<Record<string, string>>,
    payload: string,
    signal: AbortSignal,
  ): Promise<number> {
    const limit = new TimeLimit(signal);
    limit.begin(this.timeoutMs, 'The other side did not answer in time.');
    try {
      const response = await this.client.request(parseTarget(address), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: Buffer.from(payload),
        signal: limit.signal,
      });
      await throwAway(response);
      return response.statusCode ?? 0;
    } finally {
      limit.end();
    }
  }
}

async function throwAway(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop closes the connection.
      if (bytes > MAX_ANSWER_BYTES) break;
    }
  } catch {
    // The status has come, and says all that matters.
  }
}
