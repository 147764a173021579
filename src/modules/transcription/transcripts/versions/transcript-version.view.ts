import type { Speakers, TranscriptSegment } from '../transcript.view.js';

export const VERSION_KINDS = ['transcribed', 'edited', 'restored'] as const;
export type VersionKind = (typeof VERSION_KINDS)[number];

/** Who made a version, and when, and how much there is of it. */
export interface VersionSummary {
  /** From 1, which is what the engine heard. */
  readonly number: number;
  readonly kind: VersionKind;
  /** Null: the engine. */
  readonly author: { readonly id: string; readonly name: string } | null;
  readonly restoredFrom: number | null;
  readonly beganAt: Date;
  /** Later than its begin when saves of the same person were folded into it. */
  readonly savedAt: Date;
  readonly segmentCount: number;
  readonly wordCount: number;
}

export interface VersionView extends VersionSummary {
  readonly text: string;
  readonly segments: readonly TranscriptSegment[];
  readonly speakers: Speakers;
}

export interface VersionPage {
  readonly versions: readonly VersionSummary[];
  /** The number before which the next page begins. */
  readonly nextCursor: number | null;
}
