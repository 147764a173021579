/** Sees the bytes that pass, in order, and has its say after the last one. */
export interface BytesCheck {
  see(bytes: Buffer): void;
  judge(): void;
}

/** What is asked of bytes while they pass. */
export interface BytesRules {
  readonly maxBytes: number;
  readonly check: BytesCheck | null;
  /** Told of all bytes so far, with each piece. */
  readonly onProgress?: (sizeBytes: number) => void;
}
