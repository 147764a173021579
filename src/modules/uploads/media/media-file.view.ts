/** What other rooms may know of a media file. */
export interface MediaFileView {
  readonly id: string;
  readonly originalFilename: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly container: string;
  readonly codec: string;
  /** From the container; null where it does not say. */
  readonly durationSeconds: number | null;
  readonly sampleRate: number;
  readonly channels: number;
  readonly createdAt: Date;
}

/** With the time at which it goes by itself; null: it is kept, or goes when its jobs have ended. */
export interface KeptMedia extends MediaFileView {
  readonly expiresAt: Date | null;
}
