import { expect } from '@jest/globals';
import type { Batch, Job, JobList, Media } from '@whisper-transcriber/client-sdk';
import { jsonOf } from './api-client.js';
import type { Answer, AuditedService, Person } from './audited-service.js';
import { executeSql } from './databases.js';
import type { Expected } from './told-uploads.js';

/** Operations that change jobs, carried out by somebody whose job it is. */
export function toldJobs(opened: () => AuditedService): Readonly<Record<string, () => Promise<Expected>>> {
  async function told(
    operationId: string,
    status: 'queued' | 'cancelled',
    expected: Pick<Expected, 'action' | 'details'>,
    body?: object,
  ): Promise<Expected> {
    const actor = await opened().addUser();
    const { token } = actor;
    const { job_id: objectId } = await jsonOf<Job>((await opened().upload('createJob', actor)).response);
    if (status === 'cancelled') await opened().ask('cancelJob', { id: objectId, token });
    const answer = await opened().ask(operationId, { id: objectId, token, ...(body && { body }) });
    return { answer, actor, objectId, ...expected };
  }

  /** Of a batch with one recording. */
  async function batch(): Promise<{ actor: Person; answer: Answer; batchId: string; objectId: string }> {
    const actor = await opened().addUser();
    const { token } = actor;
    const media = await opened().upload('uploadMedia', actor);
    const { media_id: mediaId } = await jsonOf<Media>(media.response);
    const answer = await opened().ask('createBatch', { token, body: { media_ids: [mediaId] } });
    const { batch_id: batchId } = await jsonOf<Batch>(answer.response.clone());
    const { jobs } = await jsonOf<JobList>((await opened().ask('listJobs', { token })).response);
    return { actor, answer, batchId, objectId: jobs[0]?.job_id ?? '' };
  }

  /** By the administrator, to a job of somebody. */
  async function toldOfAnybody(
    operationId: string,
    status: 'queued' | 'cancelled',
    action: Expected['action'],
  ): Promise<Expected> {
    const owner = await opened().addUser();
    const { job_id: objectId } = await jsonOf<Job>((await opened().upload('createJob', owner)).response);
    if (status === 'cancelled') await opened().ask('cancelJob', { id: objectId, token: owner.token });
    const answer = await opened().ask(operationId, { id: objectId, token: opened().admin.token });
    return { answer, action, objectId, details: { user_id: owner.id } };
  }

  return {
    createBatch: async () => {
      const { actor, answer, objectId } = await batch();
      const details = { media_file_id: expect.any(String), model: 'base' };
      return { actor, answer, objectId, action: 'job.created', details };
    },
    cancelBatch: async () => {
      const { actor, batchId, objectId } = await batch();
      const answer = await opened().ask('cancelBatch', { id: batchId, token: actor.token });
      return { actor, answer, objectId, action: 'job.cancelled' };
    },
    retryBatch: async () => {
      const { actor, batchId, objectId } = await batch();
      await executeSql(
        opened().database.url,
        `update jobs set status = 'failed', error_code = 'worker_lost', finished_at = now() where id = '${objectId}'`,
      );
      const answer = await opened().ask('retryBatch', { id: batchId, token: actor.token });
      return { actor, answer, objectId, action: 'job.retried' };
    },
    deleteBatch: async () => {
      const { actor, batchId, objectId } = await batch();
      await opened().ask('cancelBatch', { id: batchId, token: actor.token });
      const answer = await opened().ask('deleteBatch', { id: batchId, token: actor.token });
      return { actor, answer, objectId, action: 'job.deleted' };
    },
    cancelJob: () => told('cancelJob', 'queued', { action: 'job.cancelled' }),
    retryJob: () => told('retryJob', 'cancelled', { action: 'job.retried' }, {}),
    changeJob: () =>
      told(
        'changeJob',
        'queued',
        { action: 'job.priority_changed', details: { priority: 'low' } },
        { priority: 'low' },
      ),
    cancelJobOfAnybody: () => toldOfAnybody('cancelJobOfAnybody', 'queued', 'job.cancelled_by_admin'),
    retryJobOfAnybody: () => toldOfAnybody('retryJobOfAnybody', 'cancelled', 'job.retried_by_admin'),
    deleteJob: () => told('deleteJob', 'queued', { action: 'job.deleted' }),
  };
}
