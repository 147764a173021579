import type { CreatedApiKey } from '@whisper-transcriber/client-sdk';
import { jsonOf } from './api-client.js';

/** Makes an API key, as the user of this machine or with the credentials in `headers`. */
export async function createApiKey(
  baseUrl: string,
  scopes: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<CreatedApiKey> {
  const response = await postJson(`${baseUrl}/auth/api-keys`, { name: 'for tests', scopes }, headers);
  if (response.status !== 201) throw new Error(`No key: ${response.status} ${await response.text()}`);
  return jsonOf<CreatedApiKey>(response);
}

export function postJson(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

export function bearer(secret: string): { authorization: string } {
  return { authorization: `Bearer ${secret}` };
}
