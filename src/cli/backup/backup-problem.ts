/** What the commands end with, so that scripts can tell one reason from another. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** There is something already where this would write. */
  notEmpty: 3,
  /** Not a backup, or not all of it, or not as it was written. */
  damaged: 4,
  /** Made by a newer version than this. */
  newer: 5,
  noSpace: 6,
  /** The backup belongs to another SECRET_KEY than the settings name. */
  otherSecrets: 7,
  /** The backup is written, but recordings that it should hold are not in the store any more. */
  incomplete: 8,
  /** The backup is written, or restored, and recordings in it are not what was stored. */
  damagedRecordings: 9,
  stopped: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A reason that the operator can mend. Its message is printed as it is. */
export class BackupProblem extends Error {
  override readonly name = 'BackupProblem';

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function damaged(message: string, cause?: unknown): BackupProblem {
  return new BackupProblem(EXIT.damaged, `The backup is damaged: ${message}.`, { cause });
}
