/** A voice that a job was given with its order. Personal data: neither shown nor logged, and gone with the end of the job. */
export interface KnownVoice {
  readonly name: string;
  /** As the diarizer of the engine makes them. */
  readonly embedding: readonly number[];
}

/** Something that is no blank, in one line, without what steers a terminal or turns the direction of what is around it. */
export const PERSON_NAME =
  /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]*$/u;
