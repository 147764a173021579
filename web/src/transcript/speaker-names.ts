import type { TranscriptDocument } from './document';
import { voiceNamed } from './speakers';

/** What the service takes. */
export const LONGEST_NAME = 100;

/** Why a speaker cannot be called like this; null: nothing speaks against it. */
export function nameFault(document: TranscriptDocument, voice: string, name: string): string | null {
  if (name === '') return 'A speaker needs a name.';
  const other = voiceNamed(document, name);
  if (other === undefined || other === voice) return null;
  return `There is another ${name}. If both are the same person, merge them.`;
}
