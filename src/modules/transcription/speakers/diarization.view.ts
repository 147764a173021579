/** Why the speakers of a transcript are not told. */
export const DIARIZATION_FAILURES = ['diarization_timeout', 'diarization_failed'] as const;
export type DiarizationFailure = (typeof DIARIZATION_FAILURES)[number];

/** What is not as it was asked for, though speakers are told. */
export const DIARIZATION_WARNINGS = ['known_voices_gone'] as const;
export type DiarizationWarning = (typeof DIARIZATION_WARNINGS)[number];

/** What came of telling the speakers of a recording apart. */
export type DiarizationView =
  | {
      readonly state: 'completed';
      readonly speakers: number;
      readonly warning?: { readonly code: DiarizationWarning; readonly detail: string };
    }
  | {
      readonly state: 'failed';
      readonly error: { readonly code: DiarizationFailure; readonly detail: string };
    };
