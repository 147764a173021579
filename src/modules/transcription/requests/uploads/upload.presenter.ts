import type { UploadSessionView, UploadStatus } from '../../../uploads/sessions/upload-session.view.js';
import type { UploadStatusDto, UploadSummaryDto } from './dto/upload.response.dto.js';
import { countChunks } from '../chunked/chunk-plan.policy.js';

/** Their parts may have been made one. */
const WHOLE: ReadonlySet<UploadStatus> = new Set(['assembling', 'completed']);

/** @param storedParts how many of its parts are stored */
export function toUploadSummary(session: UploadSessionView, storedParts: number): UploadSummaryDto {
  return summarize(session, storedParts);
}

export function toUploadStatus(
  session: UploadSessionView,
  storedParts: number,
  missing: readonly number[] | null,
): UploadStatusDto {
  return {
    ...summarize(session, storedParts),
    missing_chunks: missing?.slice() ?? null,
    job_id: session.jobId,
    media_id: session.mediaFileId,
    error_code: session.errorCode,
    error_detail: session.errorDetail,
  };
}

// Not one of the DTOs, which are classes: the other one is made of it.
function summarize(session: UploadSessionView, storedParts: number) {
  const total = totalChunks(session);
  return {
    session_id: session.id,
    kind: session.door,
    original_filename: session.originalFilename,
    status: session.status,
    waiting_for: session.waitingFor,
    received_bytes: session.receivedBytes + session.arrivingBytes,
    total_bytes: session.sizeBytes,
    uploaded_chunks: total === null ? null : countUploaded(session, total, storedParts),
    total_chunks: total,
    progress_percent: progressOf(session),
    created_at: session.createdAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
  };
}

/** @param storedParts how many rows of parts there are */
export function countUploaded(
  { status }: Pick<UploadSessionView, 'status'>,
  totalChunks: number,
  storedParts: number,
): number {
  return WHOLE.has(status) ? totalChunks : storedParts;
}

/** Of the bytes, with one decimal; null while the size is not known. */
export function progressOf({
  receivedBytes,
  arrivingBytes,
  sizeBytes,
}: Pick<UploadSessionView, 'receivedBytes' | 'arrivingBytes' | 'sizeBytes'>): number | null {
  if (sizeBytes === null) return null;
  return sizeBytes === 0 ? 100 : Math.floor(((receivedBytes + arrivingBytes) / sizeBytes) * 1000) / 10;
}

function totalChunks({ sizeBytes, chunkBytes }: UploadSessionView): number | null {
  return sizeBytes === null || chunkBytes === null ? null : countChunks(sizeBytes, chunkBytes);
}
