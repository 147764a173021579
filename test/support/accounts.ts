import type { CreatedApiKey, Tokens } from '@whisper-transcriber/client-sdk';
import { jsonOf } from './api-client.js';
import { keepCredential, keepSecretsOf } from './collected-logs.js';

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
  keepSecretsOf(body);
  return fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

export function bearer(secret: string): { authorization: string } {
  keepCredential(secret);
  return { authorization: `Bearer ${secret}` };
}

export const BOOTSTRAP_PASSWORD = 'Zq7-only-for-once';
export const ADMIN_PASSWORD = 'correct horse battery staple';

export function signIn(baseUrl: string, username: string, password: string): Promise<Response> {
  return postJson(`${baseUrl}/auth/login`, { username, password });
}

/** Takes the first sign-in of a fresh service and changes the password, as every installation has to. */
export async function becomeAdministrator(baseUrl: string): Promise<Tokens> {
  const { access_token: first } = await jsonOf<Tokens>(await signIn(baseUrl, 'admin', BOOTSTRAP_PASSWORD));
  const change = { current_password: BOOTSTRAP_PASSWORD, new_password: ADMIN_PASSWORD };
  return jsonOf<Tokens>(await postJson(`${baseUrl}/auth/change-password`, change, bearer(first)));
}

/** The cookies that an answer sets, as a browser sends them back. */
export function cookiesOf(response: Response): string {
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? '');
  for (const cookie of cookies) keepCredential(cookie.slice(cookie.indexOf('=') + 1));
  return cookies.join('; ');
}
