import { createHash, type Hash } from 'node:crypto';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { BytesCheck } from '../../../uploads/ingest/bytes-rules.view.js';

export const CHECKSUM_ALGORITHMS = ['sha1', 'sha256', 'sha512', 'md5'] as const;
type Algorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** What a client says of the bytes of one request. */
export interface UploadChecksum {
  readonly algorithm: Algorithm;
  readonly digest: Buffer;
}

/**
 * Reads the header `Upload-Checksum` of tus 1.0: an algorithm, a space, and the digest in base64.
 *
 * @throws AppError malformed_request
 */
export function parseUploadChecksum(header: string | undefined): UploadChecksum | null {
  if (header === undefined) return null;
  const [name, encoded, ...rest] = header.split(' ');
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name);
  if (algorithm === undefined)
    throw new AppError('malformed_request', `Upload-Checksum takes ${CHECKSUM_ALGORITHMS.join(', ')}.`);
  const digest = Buffer.from(encoded ?? '', 'base64');
  if (rest.length > 0 || digest.length !== createHash(algorithm).digest().length)
    throw new AppError('malformed_request', 'Upload-Checksum is not a digest in base64.');
  return { algorithm, digest };
}

/** Compares the bytes of one request with what was said of them. */
export class ChecksumCheck implements BytesCheck {
  private readonly hash: Hash;

  constructor(private readonly announced: UploadChecksum) {
    this.hash = createHash(announced.algorithm);
  }

  see(bytes: Buffer): void {
    this.hash.update(bytes);
  }

  /** @throws AppError upload_checksum_mismatch */
  judge(): void {
    if (this.hash.digest().equals(this.announced.digest)) return;
    throw new AppError(
      'upload_checksum_mismatch',
      'These bytes are not those whose checksum was sent. Send them again.',
    );
  }
}
