/** A voice that a job was given with its order. Personal data: neither shown nor logged, and gone with the end of the job. */
export interface KnownVoice {
  readonly name: string;
  /** As the diarizer of the engine makes them. */
  readonly embedding: readonly number[];
}
