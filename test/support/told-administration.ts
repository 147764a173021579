import type { AuditAction } from '../../src/modules/auth/audit/audit-actions.view.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import type { Job } from '@whisper-transcriber/client-sdk';
import { jsonOf } from './api-client.js';
import type { AuditedService } from './audited-service.js';
import { executeSql } from './databases.js';
import type { Expected } from './told-uploads.js';
import { insertWorker } from './workers.js';

/** What the administrator has workers and the storage do, looks at and takes along, carried out. */
export function toldAdministration(
  opened: () => AuditedService,
): Readonly<Record<string, () => Promise<Expected>>> {
  async function ofWorker(operationId: string, action: AuditAction): Promise<Expected> {
    const objectId = new UuidV7Generator().next();
    await executeSql(opened().database.url, insertWorker(objectId));
    const answer = await opened().ask(operationId, { id: objectId, token: opened().admin.token });
    return { answer, action, objectId };
  }

  /** At what somebody has. */
  async function look(operationId: string, action: AuditAction): Promise<Expected> {
    const owner = await opened().addUser();
    const job = await jsonOf<Job>((await opened().upload('createJob', owner)).response);
    const objectId = operationId === 'getMediaInfo' ? (job.media_id ?? '') : job.job_id;
    const answer = await opened().ask(operationId, { id: objectId, token: opened().admin.token });
    return { answer, action, objectId, details: { user_id: owner.id } };
  }

  return {
    exportMyData: async () => {
      const { id, token } = opened().admin;
      const answer = await opened().ask('exportMyData', { token });
      return { answer, action: 'user.data_exported', objectId: id };
    },
    getJob: () => look('getJob', 'job.looked_at'),
    getPartialTranscript: () => look('getPartialTranscript', 'transcript.looked_at'),
    getMediaInfo: () => look('getMediaInfo', 'media.looked_at'),
    pauseWorker: () => ofWorker('pauseWorker', 'worker.paused'),
    resumeWorker: () => ofWorker('resumeWorker', 'worker.resumed'),
    drainWorker: () => ofWorker('drainWorker', 'worker.drained'),
    changeSettings: async () => {
      const answer = await opened().ask('changeSettings', {
        token: opened().admin.token,
        body: { values: { MAX_UPLOADS_PER_USER: '20' } },
      });
      const details = { before: '250', after: '20' };
      return { answer, action: 'setting.changed', objectId: 'MAX_UPLOADS_PER_USER', details };
    },
    collectStorage: async () => ({
      answer: await opened().ask('collectStorage', { token: opened().admin.token }),
      action: 'storage.collection_started',
      objectId: null,
    }),
  };
}
