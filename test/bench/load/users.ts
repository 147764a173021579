import type { Media, Tokens, UserWithPassword } from '@whisper-transcriber/client-sdk';
import {
  ADMIN_PASSWORD,
  becomeAdministrator,
  bearer,
  createApiKey,
  postJson,
  signIn,
} from '../../support/accounts.js';
import { jsonOf, transcribe, upload } from '../../support/api-client.js';
import { longRecording } from '../../support/long-recording.js';
import { USERS, type LoadUser } from './plan.js';

const CLIP = 'clips/fr/bonjour_monde.wav';
/** In the text of the clip. */
export const HEARD = 'monde';
const AT_ONCE = 5;
const LONG_BYTES = 300 * 32_000;

/** Users with keys, each with a transcript and a longer recording. */
export async function makeUsers(url: string): Promise<LoadUser[]> {
  const admin = bearer((await becomeAdministrator(url)).access_token);
  const long = await longRecording(LONG_BYTES);
  const numbers = Array.from({ length: USERS }, (_, index) => index + 1);
  const users: LoadUser[] = [];
  for (let first = 0; first < USERS; first += AT_ONCE) {
    const some = numbers.slice(first, first + AT_ONCE).map((number) => makeUser(url, number, admin, long));
    users.push(...(await Promise.all(some)));
  }
  return users;
}

async function makeUser(
  url: string,
  number: number,
  admin: Readonly<Record<string, string>>,
  long: Uint8Array,
): Promise<LoadUser> {
  const key = await keyOfNewUser(url, `user-${number}`, admin);
  const headers = { 'x-api-key': key };
  const { job_id: doneJob } = await transcribe(url, { file: CLIP, headers });
  const doneMedia = await mediaOf(await upload(url, { path: '/media', file: CLIP, headers }));
  const longMedia = await mediaOf(
    await upload(url, { path: '/media', content: long, filename: 'long.wav', headers }),
  );
  return { key, doneJob, doneMedia, longMedia };
}

async function keyOfNewUser(
  url: string,
  username: string,
  admin: Readonly<Record<string, string>>,
): Promise<string> {
  const body = { username, role: 'user' };
  const { one_time_password: first } = await jsonOf<UserWithPassword>(
    await postJson(`${url}/admin/users`, body, admin),
  );
  const { access_token: token } = await jsonOf<Tokens>(await signIn(url, username, first));
  const change = { current_password: first, new_password: ADMIN_PASSWORD };
  const changed = await jsonOf<Tokens>(await postJson(`${url}/auth/change-password`, change, bearer(token)));
  return (await createApiKey(url, ['read', 'transcribe', 'manage'], bearer(changed.access_token))).key;
}

async function mediaOf(response: Response): Promise<string> {
  if (!response.ok) throw new Error(`No recording: ${response.status} ${await response.text()}`);
  return (await jsonOf<Media>(response)).media_id;
}
