/** What other rooms may know of a media file. */
export interface MediaFileView {
  readonly id: string;
  readonly originalFilename: string;
  readonly blobKey: string;
  readonly sizeBytes: number;
  /** From the container; null where it does not say. */
  readonly durationSeconds: number | null;
}
