import type { ApiKeyList, SessionList, Tokens } from '@whisper-transcriber/client-sdk';
import {
  ADMIN_PASSWORD,
  bearer,
  becomeAdministrator,
  BOOTSTRAP_PASSWORD,
  createApiKey,
  signIn,
} from './accounts.js';
import { jsonOf } from './api-client.js';
import { executeSql, openOnServer } from './databases.js';
import { query } from './embedded-server.js';
import { startService, type RunningService } from './start-service.js';
import { storeBlob } from './stored-blob.js';

/** A user and one thing of each kind that belongs to them. */
export interface TestUser {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly jobId: string;
  /** Without jobs. */
  readonly batchId: string;
  readonly mediaId: string;
  readonly keyId: string;
  readonly sessionId: string;
  /** By chunks, and by tus: nothing has arrived of them. */
  readonly uploadId: string;
  readonly tusUploadId: string;
  /** Disabled; the delivery was given up. */
  readonly webhookId: string;
  readonly voiceId: string;
  readonly deliveryId: string;
}

export interface TwoUsers {
  readonly url: string;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly adminToken: string;
  readonly anna: TestUser;
  readonly bob: TestUser;
  execute(sql: string): Promise<void>;
  select(sql: string): Promise<Record<string, unknown>[]>;
  /** The digit, a hexadecimal one, is what ids of theirs end in. */
  addUser(name: string, digit: string): Promise<TestUser>;
  close(): Promise<void>;
}

/** A service where everybody has to sign in, with an administrator and two users, who have its password; `env` has further settings. */
export async function openTwoUsers(env: Readonly<Record<string, string>> = {}): Promise<TwoUsers> {
  const database = await openOnServer();
  const service = await startService({
    env: {
      DATABASE_URL: database.url,
      WORKER_EMBEDDED: 'false',
      ANONYMOUS_LOCAL: 'false',
      ADMIN_BOOTSTRAP_PASSWORD: BOOTSTRAP_PASSWORD,
      ...env,
    },
  });
  const { access_token: adminToken } = await becomeAdministrator(service.url);
  const execute = (sql: string): Promise<void> => executeSql(database.url, sql);
  const add = (name: string, digit: string): Promise<TestUser> => addUser(service, name, digit, execute);
  return {
    url: service.url,
    databaseUrl: database.url,
    dataDir: service.dataDir,
    adminToken,
    anna: await add('anna', 'a'),
    bob: await add('bob', 'b'),
    execute,
    select: (sql) => query(database.url, sql),
    addUser: add,
    close: async () => {
      await service.stop();
      await database.close();
    },
  };
}

async function addUser(
  { url, dataDir }: RunningService,
  name: string,
  digit: string,
  execute: (sql: string) => Promise<void>,
): Promise<TestUser> {
  const id = `0190aaaa-bbbb-7ccc-8ddd-00000000000${digit}`;
  const jobId = `0190aaaa-bbbb-7ccc-8ddd-00000000001${digit}`;
  const uploadId = `0190aaaa-bbbb-7ccc-8ddd-00000000002${digit}`;
  const tusUploadId = `0190aaaa-bbbb-7ccc-8ddd-00000000003${digit}`;
  const webhookId = `0190aaaa-bbbb-7ccc-8ddd-00000000004${digit}`;
  const deliveryId = `0190aaaa-bbbb-7ccc-8ddd-00000000005${digit}`;
  const voiceId = `0190aaaa-bbbb-7ccc-8ddd-00000000007${digit}`;
  const batchId = `0190aaaa-bbbb-7ccc-8ddd-00000000006${digit}`;
  await execute(`
    insert into users (id, username, password_hash, role, must_change_password, created_at, updated_at)
      select '${id}', '${name}', password_hash, 'user', false, now(), now() from users where username = 'admin';
    insert into media_files values ('${jobId}', 'talk.wav', '${jobId}', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now(), '${id}');
    insert into jobs (id, owner_id, media_file_id, original_filename, status, model, created_at, updated_at, finished_at)
      values ('${jobId}', '${id}', '${jobId}', 'talk.wav', 'completed', 'base', now(), now(), now());
    insert into job_batches (id, owner_id, created_at) values ('${batchId}', '${id}', now());
    insert into transcripts values ('${jobId}', 'base', 'en', 1, 60, 'words of ${name}', '[]', now());
    insert into upload_sessions (id, owner_id, door, status, original_filename, size_bytes, chunk_bytes, options, actor, created_at, updated_at, expires_at)
      select column1::uuid, '${id}', column2, 'active', 'talk.wav', 10, column3, '{}', '{}', now(), now(), now() + interval '1 day'
      from (values ('${uploadId}', 'chunked', 10), ('${tusUploadId}', 'tus', null)) as sessions;
    insert into media_peaks values ('${jobId}', '\\x8080');
    insert into voice_profiles values ('${voiceId}', '${id}', 'Voice of ${name}', '[1]', now());
    insert into webhooks values ('${webhookId}', '${id}', 'https://hooks.example/', '', '["job.completed"]', false, null, now(), now());
    insert into webhook_deliveries (id, owner_id, target_id, webhook_id, job_id, type, payload, state, attempts, ended_at)
      values ('${deliveryId}', '${id}', '${webhookId}', '${webhookId}', '${jobId}', 'job.completed', '{}', 'dead', 1, now())`);
  await storeBlob(dataDir, jobId, 'x');
  const tokens = await jsonOf<Tokens>(await signIn(url, name, ADMIN_PASSWORD));
  const { access_token: token, refresh_token: refreshToken = '' } = tokens;
  await createApiKey(url, ['read'], bearer(token));
  const read = async <T>(path: string): Promise<T> =>
    jsonOf<T>(await fetch(`${url}${path}`, { headers: bearer(token) }));
  const [key] = (await read<ApiKeyList>('/auth/api-keys')).api_keys;
  const [session] = (await read<SessionList>('/auth/sessions')).sessions;
  const thing = { keyId: key?.id ?? '', sessionId: session?.id ?? '' };
  return {
    id,
    name,
    token,
    refreshToken,
    jobId,
    batchId,
    mediaId: jobId,
    uploadId,
    tusUploadId,
    webhookId,
    voiceId,
    deliveryId,
    ...thing,
  };
}
