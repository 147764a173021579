import type { Refusal } from './refusal.js';

/** Whether the channels of a track are mixed to one, or handed out each by itself. */
export type ChannelChoice = 'mixed' | 'separate';

/** What the process that decodes is told, once. */
export interface PcmRequest {
  readonly path: string;
  /** Index among the audio tracks; null: the default one. */
  readonly track: number | null;
  readonly maxDurationSeconds: number | null;
  readonly channels: ChannelChoice;
}

/** What it answers, once, behind the last sample. The samples go through the pipe, as InterleavedWriter writes them. */
export type PcmAnswer = { readonly kind: 'end' } | Refusal;

export function isPcmRequest(message: unknown): message is PcmRequest {
  return (
    typeof message === 'object' && message !== null && 'path' in message && typeof message.path === 'string'
  );
}

export function isEnd(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'end';
}
