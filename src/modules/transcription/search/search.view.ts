import type { Highlight } from './highlights.js';

/** Which transcripts. What is undefined is no condition. */
export interface SearchFilter {
  readonly language?: string | undefined;
  readonly model?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
}

export interface SearchRequest {
  readonly query: string;
  readonly filter: SearchFilter;
  /** Of the page before; undefined: the first page. */
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** A segment that has something of what was asked for. */
export interface Snippet {
  readonly segment: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly highlights: readonly Highlight[];
}

export interface SearchHit {
  readonly jobId: string;
  readonly originalFilename: string;
  readonly language: string | null;
  readonly model: string;
  readonly createdAt: Date;
  readonly rank: number;
  readonly snippets: readonly Snippet[];
}

export interface SearchPage {
  readonly hits: readonly SearchHit[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** A hit's place: the higher rank first, then the later job. */
export interface SearchPlace {
  readonly rank: number;
  readonly id: string;
}
