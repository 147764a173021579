import { expect } from '@jest/globals';
import type { BegunUpload, FinalizedUpload, Job, Media } from '@whisper-transcriber/client-sdk';
import type { AuditAction } from '../../src/modules/auth/audit/audit-actions.view.js';
import { jsonOf } from './api-client.js';
import type { Answer, AuditedService, Person } from './audited-service.js';

/** What is to be in the trail once an operation was carried out. */
export interface Expected {
  readonly answer: Answer;
  readonly action: AuditAction;
  readonly objectId: string | null;
  readonly details?: object;
  /** Absent: the administrator. */
  readonly actor?: Person;
}

/** Operations by which recordings come and go, carried out for the administrator. */
export function toldUploads(opened: () => AuditedService): Readonly<Record<string, () => Promise<Expected>>> {
  async function uploadedBy(operationId: string): Promise<Expected> {
    const answer = await opened().upload(operationId, opened().admin);
    return jobOf(answer, (await jsonOf<Job>(answer.response)).job_id);
  }

  /** The answer of a stream begins when the job is there, others after some silence: nobody works on it. */
  async function askedOfOpenAi(operationId: string, options: Record<string, string> = {}): Promise<Expected> {
    const fields = { model: 'whisper-1', ...options };
    const answer = await opened().upload(operationId, opened().admin, fields);
    const [call] = await opened().select('select job_id from openai_calls order by job_id desc limit 1');
    await answer.response.body?.cancel();
    return jobOf(answer, String(call?.['job_id']));
  }

  async function uploadedByTus(operationId: string): Promise<Expected> {
    const answer = await opened().uploadByTus(operationId);
    return jobOf(answer, answer.response.headers.get('x-job-id'));
  }

  return {
    createTranscription: () => uploadedBy('createTranscription'),
    createTranscriptionUnderApi: () => uploadedBy('createTranscriptionUnderApi'),
    createJob: () => uploadedBy('createJob'),
    createOpenAiTranscription: () => askedOfOpenAi('createOpenAiTranscription', { stream: 'true' }),
    createOpenAiTranslation: () => askedOfOpenAi('createOpenAiTranslation'),
    finalizeUpload: async () => {
      const answer = await opened().uploadByChunks();
      return jobOf(answer, (await jsonOf<FinalizedUpload>(answer.response.clone())).job_id);
    },
    createTusUpload: () => uploadedByTus('createTusUpload'),
    appendToTusUpload: () => uploadedByTus('appendToTusUpload'),
    overrideTusMethod: () => uploadedByTus('overrideTusMethod'),
    uploadMedia: async () => {
      const answer = await opened().upload('uploadMedia', opened().admin);
      const { media_id: objectId } = await jsonOf<Media>(answer.response.clone());
      return { answer, action: 'media.created', objectId };
    },
    transcribeMedia: async () => {
      const stored = await opened().upload('uploadMedia', opened().admin);
      const { media_id: id } = await jsonOf<Media>(stored.response);
      const answer = await opened().ask('transcribeMedia', { id, body: {}, token: opened().admin.token });
      return jobOf(answer, (await jsonOf<Job>(answer.response.clone())).job_id);
    },
    cancelUpload: async () => {
      const { token } = opened().admin;
      const body = { filename: 'talk.wav', file_size: 10 };
      const begun = await opened().ask('initializeUpload', { token, body });
      const { session_id: objectId } = await jsonOf<BegunUpload>(begun.response);
      const answer = await opened().ask('cancelUpload', { id: objectId, token });
      return { answer, action: 'upload.cancelled', objectId };
    },
    terminateTusUpload: async () => {
      const { token } = opened().admin;
      const headers = { 'tus-resumable': '1.0.0' };
      const begun = await opened().ask('createTusUpload', {
        token,
        headers: { ...headers, 'upload-length': '10' },
      });
      const objectId = begun.response.headers.get('location')?.split('/').at(-1) ?? '';
      const answer = await opened().ask('terminateTusUpload', { id: objectId, token, headers });
      return { answer, action: 'upload.cancelled', objectId };
    },
    getMedia: async () => {
      const stored = await opened().upload('uploadMedia', opened().admin);
      const { media_id: objectId } = await jsonOf<Media>(stored.response);
      const { token } = opened().admin;
      const part = await opened().ask('getMedia', { id: objectId, token, headers: { range: 'bytes=0-9' } });
      expect([part.response.status, await opened().eventsOf(part)]).toEqual([206, []]);
      const answer = await opened().ask('getMedia', { id: objectId, token });
      return { answer, action: 'media.exported', objectId };
    },
    deleteMedia: async () => {
      const person = await opened().addUser();
      const { media_id: id } = await jsonOf<Job>((await opened().upload('createJob', person)).response);
      const objectId = String(id);
      await opened().select(
        `update jobs set status = 'completed', finished_at = now() where media_file_id = '${objectId}' returning id`,
      );
      const answer = await opened().ask('deleteMedia', { id: objectId, token: person.token });
      return { answer, actor: person, action: 'media.deleted', objectId };
    },
  };
}

function jobOf(answer: Answer, objectId: string | null): Expected {
  const details = { media_file_id: expect.any(String), model: 'base' };
  return { answer, action: 'job.created', objectId, details };
}
