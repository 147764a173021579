import type { Request } from 'express';
import { readMultipart } from '../../../../platform/http/multipart-reader.js';
import { validateFields, validationFailed } from '../../../../platform/http/validation.pipe.js';
import type { ReceivedChunk } from '../../../uploads/sessions/upload-receiver.service.js';
import type { ChunkedUploadsService } from './chunked-uploads.service.js';
import { ChunkFieldsDto } from './dto/chunked-upload.request.dto.js';

/**
 * Reads the form of one chunk and stores its bytes while they arrive.
 *
 * @param sizeBytes that the chunk has to have
 * @throws AppError as the form has it, and as ChunkedUploadsService.storeChunk
 */
export async function readChunk(
  request: Request,
  uploads: ChunkedUploadsService,
  { id, number, sizeBytes }: { readonly id: string; readonly number: number; readonly sizeBytes: number },
): Promise<ReceivedChunk> {
  let checked: string | null = null;
  const form = await readMultipart<ReceivedChunk, string | null>(
    request,
    // One more, so that a chunk that is too long is not taken for its beginning.
    { field: 'chunk_data', maxBytes: sizeBytes + 1 },
    {
      parseFields: (fields) =>
        Promise.resolve(validateFields(ChunkFieldsDto, new Map(fields)).chunk_hash?.toLowerCase() ?? null),
      receive: (bytes, sha256) => {
        checked = sha256;
        return uploads.storeChunk(id, number, bytes, { sizeBytes, sha256 });
      },
      // A chunk that is stored is right whatever follows it in the form: the same one may be sent again.
      discard: () => Promise.resolve(),
    },
  );
  if (form.options !== checked)
    throw validationFailed([{ field: 'chunk_hash', message: 'has to come before chunk_data' }]);
  return form.file;
}
