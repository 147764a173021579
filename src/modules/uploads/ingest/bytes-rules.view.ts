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

/** The limit that is reached first. */
export function tightest(limits: readonly BytesLimit[]): BytesLimit | undefined {
  return limits.reduce<BytesLimit | undefined>(
    (least, limit) => (least === undefined || limit.maxBytes < least.maxBytes ? limit : least),
    undefined,
  );
}
