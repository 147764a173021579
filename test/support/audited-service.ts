import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { BegunUpload, CreatedApiKey, Tokens, UserWithPassword } from '@whisper-transcriber/client-sdk';
import { LOCAL_USER_ID } from '../../src/modules/auth/access/local-user.view.js';
import {
  AUDIT_ACTION_NAMES,
  AUDIT_ACTIONS,
  type AuditAction,
  type Outcome,
} from '../../src/modules/auth/audit/audit-actions.view.js';
import { ADMIN_PASSWORD, bearer, BOOTSTRAP_PASSWORD } from './accounts.js';
import { fixturePath, jsonOf } from './api-client.js';
import { keepSecretsOf } from './collected-logs.js';
import { executeSql, openOnServer, type TestDatabase } from './databases.js';
import { query } from './embedded-server.js';
import type { HubMirror } from './hub-mirror.js';
import { openMiniatureHub } from './miniature-model.js';
import { fillPath, operations, UNKNOWN_ID } from './operations.js';
import { startService, type RunningService } from './start-service.js';

export const USER_PASSWORD = 'another horse and battery';
/** Has a transcript, and belongs to the administrator. */
export const JOB_ID = '0190aaaa-bbbb-7ccc-8ddd-000000000001';
const FIRST_BOOTSTRAP_PASSWORD = 'Zq7-before-that-one';
/** A recording that the next start deletes, as the user of this machine wants it. */
const OVERDUE = `insert into media_retention values ('${LOCAL_USER_ID}', 1);
  insert into media_files values ('${UNKNOWN_ID}', 'talk.wav', '${UNKNOWN_ID}', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now() - interval '2 days', '${LOCAL_USER_ID}')`;
const WORD = 'bonjour';
const CLIP = readFileSync(fixturePath('clips/fr/bonjour_monde.wav'));
const TUS = { 'tus-resumable': '1.0.0' };

export interface Answer {
  readonly response: Response;
  readonly requestId: string;
}

export interface Question {
  readonly id?: string;
  readonly token?: string;
  readonly body?: object | FormData | Buffer<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** The actions that end so, in the order of their names. */
export function actionsThat(outcome: Outcome): AuditAction[] {
  return AUDIT_ACTION_NAMES.filter((action) => AUDIT_ACTIONS[action].outcome === outcome).toSorted();
}

/** A service of which every request has an id of its own, by which its events in the audit trail are found. */
export class AuditedService {
  /** Everything so far that must not be found in the trail. */
  readonly secrets = [FIRST_BOOTSTRAP_PASSWORD, BOOTSTRAP_PASSWORD, ADMIN_PASSWORD, USER_PASSWORD, WORD];
  admin: Person = { id: '', name: 'admin', token: '' };
  private asked = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly hub: HubMirror,
    private readonly service: RunningService,
  ) {}

  /** The second start gives the first administrator another password. */
  static async open(): Promise<AuditedService> {
    const database = await openOnServer();
    const hub = await openMiniatureHub();
    const start = (bootstrapPassword: string): Promise<RunningService> =>
      startService({
        env: {
          ADMIN_TRANSCRIPT_ACCESS: 'audited',
          DATABASE_URL: database.url,
          MODEL_HUB_URL: hub.url,
          WORKER_EMBEDDED: 'false',
          OPENAI_SILENCE_SECONDS: '1',
          ANONYMOUS_LOCAL: 'false',
          WEBHOOK_ALLOW: '127.0.0.1',
          ADMIN_BOOTSTRAP_PASSWORD: bootstrapPassword,
        },
      });
    await (await start(FIRST_BOOTSTRAP_PASSWORD)).stop();
    await executeSql(database.url, OVERDUE);
    const opened = new AuditedService(database, hub, await start(BOOTSTRAP_PASSWORD));
    await opened.becomeAdministrator();
    return opened;
  }

  async close(): Promise<void> {
    await this.service.stop();
    await this.hub.close();
    await this.database.close();
  }

  log(): string {
    return this.service.log();
  }

  async ask(operationId: string, { id = UNKNOWN_ID, token, body, headers }: Question = {}): Promise<Answer> {
    const operation = operations.find((candidate) => candidate.operationId === operationId);
    if (operation === undefined) throw new Error(`There is no operation ${operationId}`);
    this.asked += 1;
    const requestId = `request-${this.asked}`;
    const isRaw = body instanceof FormData || body instanceof Buffer;
    keepSecretsOf(body);
    const response = await fetch(this.service.url + fillPath(operation.path, id), {
      method: operation.method,
      headers: {
        'x-request-id': requestId,
        ...(token === undefined ? {} : bearer(token)),
        ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : isRaw ? body : JSON.stringify(body),
    });
    return { response, requestId };
  }

  eventsOf({ requestId }: Answer): Promise<Record<string, unknown>[]> {
    return this.select(`select * from audit_events where request_id = '${requestId}' order by id`);
  }

  select(sql: string): Promise<Record<string, unknown>[]> {
    return query(this.database.url, sql);
  }

  async actionsSeen(outcome: Outcome): Promise<unknown[]> {
    const rows = await this.select(`select distinct action from audit_events where outcome = '${outcome}'`);
    return rows.map(({ action }) => action).toSorted();
  }

  async expectNoSecret(): Promise<void> {
    const rows = JSON.stringify(await this.select('select * from audit_events'));
    for (const secret of this.secrets) expect(rows).not.toContain(secret);
  }

  async signIn(username: string, password: string): Promise<Tokens> {
    return this.tokensOf(await this.ask('signIn', { body: { username, password } }));
  }

  async tokensOf({ response }: Answer): Promise<Tokens> {
    const tokens = await jsonOf<Tokens>(response);
    this.secrets.push(tokens.access_token);
    if (tokens.refresh_token !== undefined) this.secrets.push(tokens.refresh_token);
    return tokens;
  }

  async createUser(): Promise<{ answer: Answer; name: string; id: string; password: string }> {
    const name = `user-${this.asked}`;
    const body = { username: name, role: 'user' };
    const answer = await this.ask('createUser', { token: this.admin.token, body });
    const { id, one_time_password: password } = await jsonOf<UserWithPassword>(answer.response);
    this.secrets.push(password);
    return { answer, name, id, password };
  }

  /** A user who has changed the password that was given. */
  async addUser(): Promise<Person> {
    const { id, name, password } = await this.createUser();
    const { access_token: token } = await this.signIn(name, password);
    return this.changePassword({ id, name, token }, password, USER_PASSWORD);
  }

  async createKey({ token }: Person): Promise<{ answer: Answer; id: string; key: string }> {
    const body = { name: 'for tests', scopes: ['read', 'transcribe'] };
    const answer = await this.ask('createApiKey', { token, body });
    const { id, key } = await jsonOf<CreatedApiKey>(answer.response);
    this.secrets.push(key);
    return { answer, id, key };
  }

  async upload(
    operationId: string,
    { token }: Person,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new Blob([CLIP]), `${WORD}.wav`);
    return this.ask(operationId, { token, body: form });
  }

  /** Uploads for the administrator. */
  async uploadByChunks(): Promise<Answer> {
    const { token } = this.admin;
    const body = { filename: `${WORD}.wav`, file_size: CLIP.length };
    const begun = await this.ask('initializeUpload', { token, body });
    const { session_id: id } = await jsonOf<BegunUpload>(begun.response);
    const form = new FormData();
    form.set('chunk_data', new Blob([CLIP]), 'blob');
    await this.ask('uploadChunk', { id, token, body: form });
    return this.ask('finalizeUpload', { id, token });
  }

  /** Uploads for the administrator, the bytes by this operation. */
  async uploadByTus(operationId: string): Promise<Answer> {
    const { token } = this.admin;
    const length = { ...TUS, 'upload-length': String(CLIP.length) };
    const bytes = { ...TUS, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
    if (operationId === 'createTusUpload')
      return this.ask(operationId, { token, body: CLIP, headers: { ...length, ...bytes } });
    const created = await this.ask('createTusUpload', { token, headers: length });
    const id = created.response.headers.get('location')?.split('/').at(-1) ?? '';
    const headers = { ...bytes, 'x-http-method-override': 'PATCH' };
    return this.ask(operationId, { id, token, body: CLIP, headers });
  }

  private async changePassword(person: Person, current: string, next: string): Promise<Person> {
    const body = { current_password: current, new_password: next };
    const answer = await this.ask('changePassword', { token: person.token, body });
    return { ...person, token: (await this.tokensOf(answer)).access_token };
  }

  private async becomeAdministrator(): Promise<void> {
    const [row] = await this.select(`select id from users where username = 'admin'`);
    const id = String(row?.['id']);
    const { access_token: token } = await this.signIn('admin', BOOTSTRAP_PASSWORD);
    this.admin = await this.changePassword({ ...this.admin, id, token }, BOOTSTRAP_PASSWORD, ADMIN_PASSWORD);
    await executeSql(
      this.database.url,
      `insert into media_files values ('${JOB_ID}', 'talk.wav', '${JOB_ID}', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now(), '${id}');
       insert into jobs (id, owner_id, media_file_id, original_filename, status, model, created_at, updated_at, finished_at)
         values ('${JOB_ID}', '${id}', '${JOB_ID}', 'talk.wav', 'completed', 'base', now(), now(), now());
       insert into transcripts values ('${JOB_ID}', 'base', 'en', 1, 60, '${WORD}', '[]', now())`,
    );
  }
}
