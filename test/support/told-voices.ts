import { readFile } from 'node:fs/promises';
import type { Job, Voice } from '@whisper-transcriber/client-sdk';
import { fixturePath, jsonOf } from './api-client.js';
import type { Answer, AuditedService, Person } from './audited-service.js';
import { CONVERSATION, GUEST } from './known-speakers.js';
import { executeSql } from './databases.js';
import type { Expected } from './told-uploads.js';

const NAME = 'Voice that nobody tells';

/** As if a worker had been at it. */
const transcriptOf = (jobId: string): string => `
  update jobs set status = 'completed', finished_at = now() where id = '${jobId}';
  insert into transcripts (job_id, model, language, language_probability, duration_seconds, text, segments, created_at)
    values ('${jobId}', 'base', 'en', 1, 17, 'Unless', '[{"start": 0.6, "end": 5.5, "text": "Unless", "speaker": "speaker_1"}]', now())`;

/** Operations on saved voices, carried out by somebody whose they are. */
export function toldVoices(opened: () => AuditedService): Readonly<Record<string, () => Promise<Expected>>> {
  async function create(): Promise<{ answer: Answer; actor: Person; id: string }> {
    const actor = await opened().addUser();
    const body = new FormData();
    body.set('name', NAME);
    body.set('file', new Blob([await readFile(fixturePath(GUEST))]), 'voice.wav');
    const answer = await opened().ask('createVoice', { token: actor.token, body });
    const { id } = await jsonOf<Voice>(answer.response.clone());
    opened().secrets.push(NAME);
    return { answer, actor, id };
  }

  async function told(operationId: string, action: Expected['action'], body?: object): Promise<Expected> {
    const { actor, id: objectId } = await create();
    const question = { id: objectId, token: actor.token, ...(body && { body }) };
    return { answer: await opened().ask(operationId, question), actor, objectId, action };
  }

  return {
    createVoice: async () => {
      const { answer, actor, id: objectId } = await create();
      return { answer, actor, objectId, action: 'voice.created' };
    },
    createVoiceOfSpeaker: async () => {
      const actor = await opened().addUser();
      const { token } = actor;
      const order = new FormData();
      order.set('file', new Blob([await readFile(fixturePath(CONVERSATION))]), 'talk.wav');
      const ordered = await opened().ask('createJob', { token, body: order });
      const { job_id } = await jsonOf<Job>(ordered.response);
      await executeSql(opened().database.url, transcriptOf(job_id));
      const body = { name: NAME, job_id, speaker: 'speaker_1' };
      const answer = await opened().ask('createVoiceOfSpeaker', { token, body });
      const { id: objectId } = await jsonOf<Voice>(answer.response.clone());
      return { answer, actor, objectId, action: 'voice.created' };
    },
    renameVoice: () => told('renameVoice', 'voice.renamed', { name: 'Ada' }),
    deleteVoice: () => told('deleteVoice', 'voice.deleted'),
  };
}
