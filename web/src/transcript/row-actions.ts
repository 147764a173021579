import type { EditedSegment } from './document';

/** What is asked of the page from within a segment. */
export interface RowActions {
  play(seconds: number): void;
  seek(seconds: number): void;
  write(key: string, text: string): void;
  focus(key: string): void;
  split(): void;
  splitForOther(): void;
  mergePrevious(): void;
  mergeNext(): void;
  editTimes(): void;
  /** Names who speaks in it, everywhere. */
  rename(segment: EditedSegment): void;
  /** Says who speaks in it. */
  assign(key: string): void;
  remove(key: string): void;
}
