import type { AppError } from '../../../platform/errors/app-error.js';

/** Sees the bytes that pass, in order, and has its say after the last one. */
export interface BytesCheck {
  see(bytes: Buffer): void;
  judge(): void;
}

export interface BytesLimit {
  readonly maxBytes: number;
  /** What to say of more. */
  readonly tooMany: () => AppError;
}

/** What is asked of bytes while they pass. */
export interface BytesRules {
  readonly limit?: BytesLimit;
  readonly check?: BytesCheck;
  /** Told of all bytes so far, with each piece. */
  readonly onProgress?: (sizeBytes: number) => void;
}

/** Bytes that were let in, with room that is kept for them until the caller releases it. */
export interface AdmittedBytes {
  readonly limits: readonly BytesLimit[];
  /** Told of all bytes so far. */
  readonly arrived: (sizeBytes: number) => void;
  /**
   * Asked when all are there.
   *
   * @throws AppError storage_full when nobody knew how many they are, and others have taken the room meanwhile
   */
  readonly assertStillFits: () => Promise<void>;
  readonly release: () => void;
}

/** The limit that is reached first. */
export function tightest(limits: readonly BytesLimit[]): Pick<BytesRules, 'limit'> {
  const [limit] = limits.toSorted((one, other) => one.maxBytes - other.maxBytes);
  return limit === undefined ? {} : { limit };
}
