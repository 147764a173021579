import {
  editTranscript,
  getTranscript,
  getTranscriptVersion,
  listTranscriptVersions,
  restoreTranscriptVersion,
  type TranscriptChanges,
  type Transcript,
  type TranscriptVersion,
  type TranscriptVersionSummary,
} from '@whisper-transcriber/client-sdk';
import { api } from '../api/service';

/** A transcript as the service has it. */
export interface StoredTranscript {
  readonly transcript: Transcript;
  /** Names its state, for changes of it. */
  readonly etag: string;
}

const of = (jobId: string) => ({ client: api, path: { job_id: jobId } });

/** @throws TranscriberError */
export async function readTranscript(jobId: string): Promise<StoredTranscript> {
  return stored(await getTranscript(of(jobId)));
}

/** @throws TranscriberError `transcript_changed`: it is not `etag` any more */
export async function saveTranscript(
  jobId: string,
  body: TranscriptChanges,
  etag: string,
): Promise<StoredTranscript> {
  return stored(await editTranscript({ ...of(jobId), body, headers: { 'If-Match': etag } }));
}

/** @throws TranscriberError `transcript_changed`: it is not `etag` any more */
export async function restoreVersion(
  jobId: string,
  version: number,
  etag: string,
): Promise<StoredTranscript> {
  return stored(
    await restoreTranscriptVersion({
      client: api,
      path: { job_id: jobId, version },
      headers: { 'If-Match': etag },
    }),
  );
}

/** A page of them, newest first. @throws TranscriberError */
export async function listVersions(
  jobId: string,
  cursor: string | null,
): Promise<{ versions: TranscriptVersionSummary[]; next_cursor: string | null }> {
  const { data } = await listTranscriptVersions({ ...of(jobId), query: cursor === null ? {} : { cursor } });
  return data;
}

/** @throws TranscriberError */
export async function readVersion(jobId: string, version: number): Promise<TranscriptVersion> {
  const { data } = await getTranscriptVersion({ client: api, path: { job_id: jobId, version } });
  return data;
}

function stored({ data, response }: { data: Transcript; response: Response }): StoredTranscript {
  return { transcript: data, etag: response.headers.get('etag') ?? '' };
}
