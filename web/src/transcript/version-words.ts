import type { TranscriptVersionSummary } from '@whisper-transcriber/client-sdk';
import { lazily } from '../words/lazily';

const WHEN = lazily(() => new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }));

export function authorOf({ author }: TranscriptVersionSummary): string {
  return author?.name ?? 'The engine';
}

export function savedWhen({ saved_at }: TranscriptVersionSummary): string {
  return WHEN().format(new Date(saved_at));
}

export function kindOf({ kind, restored_from }: TranscriptVersionSummary): string {
  if (kind === 'restored') return restored_from === null ? 'Restored' : `Version ${restored_from} restored`;
  return kind === 'edited' ? 'Edited' : 'As it was heard';
}
