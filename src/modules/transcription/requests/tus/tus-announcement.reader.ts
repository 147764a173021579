import { Metadata } from '@tus/server';
import type { Request } from 'express';
import { AppError } from '../../../../platform/errors/app-error.js';
import { declaredFields, validateFields } from '../../../../platform/http/validation.pipe.js';
import { CreateTranscriptionDto, toOrder } from '../dto/create-transcription.dto.js';
import { toStoredFilename } from '../stored-filename.js';
import type { TranscriptionOrder } from '../transcription-request.service.js';

/** What the creation of a tus upload says of the file that is to come. */
export interface TusAnnouncement {
  readonly filename: string;
  /** Null while the client does not know it. */
  readonly sizeBytes: number | null;
  readonly order: TranscriptionOrder;
  /** As it was sent. */
  readonly metadata: string | null;
}

/**
 * Reads the headers of a creation. Of the metadata the file name and the fields of an upload form mean something here; clients add others,
 * which they get back.
 *
 * @throws AppError malformed_request, validation_failed
 */
export function readAnnouncement(request: Request): TusAnnouncement {
  const metadata = request.get('upload-metadata') ?? null;
  const fields = parseMetadata(metadata);
  const options = declaredFields(CreateTranscriptionDto).flatMap((name) => {
    const value = fields.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const length = request.get('upload-length');
  return {
    filename: toStoredFilename(fields.get('filename') ?? fields.get('name') ?? ''),
    sizeBytes: length === undefined ? null : Number(length),
    order: toOrder(validateFields(CreateTranscriptionDto, new Map(options))),
    metadata,
  };
}

/**
 * The uploads that a header `Upload-Concat: final;URL URL` names, by the last part of each address.
 *
 * @throws AppError malformed_request
 */
export function idsOf(concat: string): string[] {
  const urls = concat
    .replace(/^final;/, '')
    .split(' ')
    .filter((url) => url !== '');
  const ids = urls.map((url) => url.replace(/\/$/, '').split('/').at(-1) ?? '');
  if (ids.length === 0 || new Set(ids).size < ids.length)
    throw new AppError('malformed_request', 'Upload-Concat has to name uploads, each of them once.');
  return ids;
}

function parseMetadata(header: string | null): ReadonlyMap<string, string> {
  if (header === null || header === '') return new Map();
  try {
    const entries = Object.entries(Metadata.parse(header));
    return new Map(entries.map(([name, value]) => [name, value ?? '']));
  } catch (cause) {
    throw new AppError(
      'malformed_request',
      'Upload-Metadata has to be pairs of a key and a value in base64.',
      {
        cause,
      },
    );
  }
}
