/** Why the speakers of a transcript are not told. */
export const DIARIZATION_FAILURES = ['diarization_timeout', 'diarization_failed'] as const;
export type DiarizationFailure = (typeof DIARIZATION_FAILURES)[number];

/** What came of telling the speakers of a recording apart. */
export type DiarizationView =
  | { readonly state: 'completed'; readonly speakers: number }
  | {
      readonly state: 'failed';
      readonly error: { readonly code: DiarizationFailure; readonly detail: string };
    };
