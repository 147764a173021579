import type { TranscriptView } from '../transcript.view.js';

type Revision = Pick<TranscriptView, 'version' | 'revision'>;

/** The entity tag of a transcript as it is. */
export function tagOf({ version, revision }: Revision): string {
  return `"${version}.${revision}"`;
}

/** Whether an If-Match means a transcript as it is (RFC 9110 13.1.1: only strong tags do). */
export function isMeant(ifMatch: string, revision: Revision): boolean {
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  return tags.includes('*') || tags.includes(tagOf(revision));
}
