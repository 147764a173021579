/** Voices that users save under names, and jobs that call speakers by them. */
import { openAsBlob } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createClient,
  getJob,
  type Job,
  type Media,
  type Transcript,
  type TranscribeOptions,
  type Voice,
  type VoiceList,
} from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { fixturePath, getTranscript, jsonOf, problemOf, transcribe, upload } from '../support/api-client.js';
import { openOnServer, executeSql, type TestDatabase } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import { CONVERSATION, GUEST, READER, silenceOf } from '../support/known-speakers.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const LIMIT_MS = 120_000;
const NO_ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';

const contract = new OpenApiContract();
let database: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  database = await openOnServer();
  service = await startService({ env: { DATABASE_URL: database.url } });
}, 90_000);

afterAll(async () => {
  await service.stop();
  await database.close();
});

beforeEach(() => executeSql(database.url, 'truncate voice_profiles'));

async function send(name: string | null, recording: string | Buffer): Promise<Response> {
  const form = new FormData();
  const bytes = typeof recording === 'string' ? await readFile(fixturePath(recording)) : recording;
  form.set('file', new Blob([Uint8Array.from(bytes)]), 'voice.wav');
  if (name !== null) form.set('name', name);
  const answer = await fetch(`${service.url}/voices`, { method: 'POST', body: form });
  expect(await contract.findFaults('createVoice', answer.clone())).toEqual([]);
  return answer;
}

async function save(name: string, recording = GUEST): Promise<Voice> {
  const answer = await send(name, recording);
  expect(answer.status).toBe(201);
  return jsonOf<Voice>(answer);
}

async function list(): Promise<readonly Voice[]> {
  const answer = await fetch(`${service.url}/voices`);
  expect(await contract.findFaults('listVoices', answer.clone())).toEqual([]);
  return (await jsonOf<VoiceList>(answer)).voices;
}

async function rename(id: string, name: string): Promise<Response> {
  const answer = await fetch(`${service.url}/voices/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  expect(await contract.findFaults('renameVoice', answer.clone())).toEqual([]);
  return answer;
}

async function remove(id: string): Promise<number> {
  const answer = await fetch(`${service.url}/voices/${id}`, { method: 'DELETE' });
  expect(await contract.findFaults('deleteVoice', answer.clone())).toEqual([]);
  return answer.status;
}

describe('a voice', () => {
  it(
    'is saved, listed without what tells it, renamed and deleted',
    async () => {
      const voice = await save('  Ada ');
      expect(voice).toEqual({
        id: expect.any(String),
        name: 'Ada',
        created_at: expect.any(String),
        last_used_at: null,
      });
      expect(await list()).toEqual([voice]);
      expect(await (await rename(voice.id, 'ADA')).json()).toEqual({ ...voice, name: 'ADA' });
      expect(await remove(voice.id)).toBe(204);

      expect([await list(), await remove(voice.id)]).toEqual([[], 404]);
    },
    LIMIT_MS,
  );

  it(
    'has a name that no other one has, whatever the case',
    async () => {
      await save('Ada');
      const other = await save('Ben', READER);

      for (const answer of [await send('ada', GUEST), await rename(other.id, 'ADA')])
        expect([answer.status, (await problemOf(answer)).code]).toEqual([409, 'voice_name_taken']);
      expect((await rename(NO_ID, 'Ada')).status).toBe(404);
    },
    LIMIT_MS,
  );

  it.each<[string, string | null, string | Buffer, string, RegExp]>([
    ['has no name', null, GUEST, 'name', /./],
    ['has a blank name', ' ', GUEST, 'name', /./],
    ['is called as what asks for all', 'True', GUEST, 'name', /neither true nor false/],
    ['has a name of two lines', 'Ada\u2028Ben', GUEST, 'name', /one line/],
    ['has a name that turns the direction of text', 'Ada\u202Ebda', GUEST, 'name', /one line/],
    ['is too short', 'Ada', 'hard/short_0.2s.wav', 'file', /2 to 60 s/],
    ['is too long', 'Ada', silenceOf(61), 'file', /2 to 60 s/],
    ['is silent', 'Ada', silenceOf(3), 'file', /nobody who speaks/],
    ['is of two people', 'Ada', CONVERSATION, 'file', /more than one person/],
    ['is no recording', 'Ada', 'bad/text.mp3', 'file', /no recording/],
  ])(
    'that %s is not saved',
    async (_what, name, recording, field, message) => {
      const answer = await send(name, recording);
      const { code, errors } = await problemOf(answer);

      expect([code, errors?.[0]?.field]).toEqual(['validation_failed', field]);
      expect(errors?.[0]?.message).toMatch(message);
      expect(await list()).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'is one of a hundred at most',
    async () => {
      await executeSql(
        database.url,
        `insert into voice_profiles (id, owner_id, name, embedding, created_at)
         select gen_random_uuid(), users.id, 'Voice ' || n, '[]', now() from generate_series(1, 100) as n, users where username = 'local'`,
      );
      expect(await list()).toHaveLength(100);
      const answer = await send('Ada', GUEST);

      expect([answer.status, (await problemOf(answer)).code]).toEqual([409, 'too_many_voices']);
    },
    LIMIT_MS,
  );

  it('leaves no recording behind', async () => {
    expect(await readdir(path.join(service.dataDir, 'voice-samples'))).toEqual([]);
  });
});

describe('a job', () => {
  const run = (fields: Record<string, string>): Promise<Job> =>
    transcribe(service.url, { file: CONVERSATION, fields });
  async function speakersOf({ job_id: id }: Job): Promise<string[]> {
    const { segments, speakers } = await jsonOf<Transcript>(await fetch(`${service.url}/transcripts/${id}`));
    return segments.map(({ speaker = '' }) => speakers[speaker] ?? '');
  }

  it(
    'calls speakers by the names of all saved voices',
    async () => {
      await save('Ada');
      await save('Ben', READER);
      const job = await run({ diarize: 'true', known_voices: 'true' });

      expect(await speakersOf(job)).toEqual(['Ben', 'Ada', 'Ben', 'Ada']);
      expect((await list()).every(({ last_used_at: used }) => used !== null)).toBe(true);
      expect(await query(database.url, 'select voices from jobs')).toEqual([{ voices: null }]);
    },
    LIMIT_MS,
  );

  it(
    'calls them by those that are named only',
    async () => {
      const { id } = await save('Ada');
      await save('Ben', READER);
      const job = await run({ diarize: 'true', known_voices: 'ada' });
      expect(job.known_voices).toEqual([id]);

      expect(await speakersOf(job)).toEqual(['Speaker 1', 'Ada', 'Speaker 1', 'Ada']);
    },
    LIMIT_MS,
  );

  const isThereWork = async (): Promise<boolean> => {
    const waiting = `select from jobs where status not in ('completed', 'failed', 'cancelled')`;
    return (await query(database.url, waiting)).length > 0;
  };

  it(
    'says that a voice was deleted before its turn came',
    async () => {
      const { id } = await save('Ada');
      const [job] = await Promise.all([
        run({ diarize: 'true', known_voices: 'Ada' }),
        waitFor(isThereWork).then(() => remove(id)),
      ]);
      expect(await speakersOf(job)).toEqual(['Speaker 1', 'Speaker 2', 'Speaker 1', 'Speaker 2']);
      expect(await getTranscript(service.url, job.job_id)).toMatchObject({
        diarization: { state: 'completed', warning: { code: 'known_voices_gone' } },
      });
    },
    LIMIT_MS,
  );

  it.each<[string, TranscribeOptions['knownVoices']]>([
    ['all of them', true],
    ['some by name, whatever characters these have', ['smith, john', 'Be\u0301a']],
  ])(
    'is ordered by the SDK with %s',
    async (_what, knownVoices) => {
      const ids = [await save('Smith, John'), await save('B\u00e9a', READER)].map(({ id }) => id);
      const client = createClient({ baseUrl: service.url });
      const recording = await openAsBlob(fixturePath(CONVERSATION));
      const job_id = await client.submit(recording, { diarize: true, knownVoices });
      await client.waitFor(job_id);

      const { data: job } = await getJob({ client: client.api, path: { job_id } });
      expect(job.known_voices).toEqual(ids);
      expect(new Set(await speakersOf(job))).toEqual(new Set(['Smith, John', 'B\u00e9a']));
    },
    LIMIT_MS,
  );

  it(
    'has speakers whose voices can be saved from its recording',
    async () => {
      const saving = (body: object): Promise<Response> => postJson(`${service.url}/voices/of-speaker`, body);
      const { job_id } = await run({ diarize: 'true' });
      const saved = await saving({ name: 'Guest', job_id, speaker: 'speaker_2' });
      expect(await contract.findFaults('createVoiceOfSpeaker', saved.clone())).toEqual([]);
      expect(saved.status).toBe(201);

      const again = await run({ diarize: 'true', known_voices: 'Guest' });
      expect(await speakersOf(again)).toEqual(['Speaker 1', 'Guest', 'Speaker 1', 'Guest']);
      const nobody = await saving({ name: 'Nobody', job_id, speaker: 'speaker_9' });
      expect((await problemOf(nobody)).errors).toMatchObject([{ field: 'speaker' }]);
      const foreign = await saving({ name: 'Nobody', job_id: NO_ID, speaker: 'speaker_1' });
      expect((await problemOf(foreign)).code).toBe('job_not_found');
    },
    LIMIT_MS,
  );

  it.each([
    ['voices without telling speakers apart', { known_voices: 'true' }, 'known_voices'],
    ['a voice that there is not', { diarize: 'true', known_voices: 'Nobody' }, 'known_voices'],
  ])('may not name %s', async (_what, fields, field) => {
    const answer = await upload(service.url, { file: CONVERSATION, fields });
    const { code, errors } = await problemOf(answer);

    expect([code, errors?.[0]?.field]).toEqual(['validation_failed', field]);
  });

  it('of a stored recording takes names as JSON', async () => {
    const stored = await upload(service.url, { path: '/media', file: CONVERSATION });
    const { media_id: id } = await jsonOf<Media>(stored);
    const answer = await postJson(`${service.url}/media/${id}/jobs`, {
      diarize: true,
      known_voices: ['Nobody'],
    });

    expect((await problemOf(answer)).errors).toMatchObject([{ field: 'known_voices' }]);
  });
});
