import type { UploadOptions } from '../../uploads/sessions/upload-session.view.js';
import type { TranscriptionOrder } from './transcription-request.service.js';

/** An order as an upload session keeps it until the file is there. */
export function toUploadOptions(order: TranscriptionOrder): UploadOptions {
  return Object.fromEntries(
    Object.entries(order).filter(
      (entry): entry is [string, string | number | object] => entry[1] !== undefined,
    ),
  );
}
