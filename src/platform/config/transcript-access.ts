/** Whether administrators may read what others have said: never, or so that the audit trail tells of each look. */
export const TRANSCRIPT_ACCESSES = ['none', 'audited'] as const;

export type TranscriptAccess = (typeof TRANSCRIPT_ACCESSES)[number];
