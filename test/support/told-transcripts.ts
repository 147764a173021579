import { JOB_ID, type AuditedService } from './audited-service.js';
import type { Expected } from './told-uploads.js';

const ANY = { 'if-match': '*' };

/** Operations that change the transcript of the administrator. */
export function toldTranscripts(
  opened: () => AuditedService,
): Readonly<Record<string, () => Promise<Expected>>> {
  return {
    editTranscript: async () => {
      const { token } = opened().admin;
      const body = { segments: [{ start: 0, end: 1, text: 'Said.' }] };
      const answer = await opened().ask('editTranscript', { id: JOB_ID, token, body, headers: ANY });
      return { answer, action: 'transcript.edited', objectId: JOB_ID, details: { version: 2 } };
    },
    exportTranscripts: async () => {
      const { token } = opened().admin;
      const body = { job_ids: [JOB_ID], format: 'srt' };
      const answer = await opened().ask('exportTranscripts', { token, body });
      await answer.response.clone().arrayBuffer();
      return { answer, action: 'transcript.exported', objectId: JOB_ID, details: { format: 'srt' } };
    },
    restoreTranscriptVersion: async () => {
      const { token } = opened().admin;
      const answer = await opened().ask('restoreTranscriptVersion', { id: JOB_ID, token, headers: ANY });
      return { answer, action: 'transcript.restored', objectId: JOB_ID, details: { version: 3 } };
    },
  };
}
