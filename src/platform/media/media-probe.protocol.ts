import type { MediaInfo } from './media-info.js';
import { type Refusal, toError } from './refusal.js';

/** What the probe's child is told. */
export interface ProbeRequest {
  readonly path: string;
  readonly maxDurationSeconds: number | null;
}

/** What it answers to each. */
export type ProbeAnswer = { readonly kind: 'info'; readonly info: MediaInfo } | Refusal;

/** The child runs our own code; this only guards against a garbled channel, so it looks at what decides. */
function isInfo(message: unknown): message is Extract<ProbeAnswer, { kind: 'info' }> {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'info';
}

export function isProbeRequest(message: unknown): message is ProbeRequest {
  return (
    typeof message === 'object' && message !== null && 'path' in message && typeof message.path === 'string'
  );
}

/** Throws what the child refused the file with. */
export function toInfo(answer: unknown): MediaInfo {
  if (isInfo(answer)) return answer.info;
  throw toError(answer);
}
