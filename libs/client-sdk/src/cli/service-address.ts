import { getVersion } from '../generated/sdk.gen.js';
import { createClient, type TranscriberClient } from '../transcriber-client.js';
import { UsageError } from './exit-codes.js';
import { readSettings } from './settings-file.js';

export const DEFAULT_URL = 'http://127.0.0.1:8001';

export interface ServiceAddress {
  readonly url: string;
  readonly apiKey: string | undefined;
}

/** From `--url`, the environment, or what `login` has stored, in this order. @throws UsageError */
export async function findService(url: string | undefined): Promise<ServiceAddress> {
  const stored = await readSettings();
  const named = url ?? fromEnvironment('WHISPER_URL');
  const address = checkUrl(named ?? stored?.url ?? DEFAULT_URL);
  // The key of one service is a secret of it.
  const storedKey = stored?.url === address ? stored.apiKey : undefined;
  const apiKey = fromEnvironment('WHISPER_API_KEY') ?? storedKey;
  if (apiKey !== undefined) assertKey(apiKey);
  return { url: address, apiKey };
}

/** So that an error about it, which has to show it, is never made. @throws UsageError */
export function assertKey(apiKey: string): void {
  if (!/^[\x21-\x7E]+$/.test(apiKey)) throw new UsageError('The API key has characters that no key has.');
}

/** @throws TranscriberError at once when there is no service */
export async function connect({ url, apiKey }: ServiceAddress): Promise<TranscriberClient> {
  const options = { baseUrl: url, ...(apiKey !== undefined && { apiKey }) };
  await getVersion({ client: createClient({ ...options, retries: 0 }).api });
  return createClient(options);
}

/** An empty variable is one that is not set. */
export function fromEnvironment(name: 'WHISPER_URL' | 'WHISPER_API_KEY'): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

/** @throws UsageError */
export function checkUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    throw new UsageError(`${text} is no address of a service: it looks like ${DEFAULT_URL}`);
  return text.replace(/\/+$/, '');
}
