import type { Job } from '@whisper-transcriber/client-sdk';
import { jsonOf } from './api-client.js';
import type { AuditedService } from './audited-service.js';
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

  return {
    cancelJob: () => told('cancelJob', 'queued', { action: 'job.cancelled' }),
    retryJob: () => told('retryJob', 'cancelled', { action: 'job.retried' }, {}),
    changeJob: () =>
      told(
        'changeJob',
        'queued',
        { action: 'job.priority_changed', details: { priority: 'low' } },
        { priority: 'low' },
      ),
    deleteJob: () => told('deleteJob', 'queued', { action: 'job.deleted' }),
  };
}
