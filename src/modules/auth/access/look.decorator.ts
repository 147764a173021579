import { SetMetadata } from '@nestjs/common';
import type { OwnedKind } from './owners.registry.js';

export const LOOK = 'auth:look';

/** What is looked at on a route, by the name of its id in the path, and what belongs to its owner under that id. */
export const LOOKS = {
  job: { parameter: 'job_id', owned: 'job', action: 'job.looked_at' },
  transcript: { parameter: 'job_id', owned: 'job', action: 'transcript.looked_at' },
  media: { parameter: 'media_id', owned: 'media', action: 'media.looked_at' },
} as const satisfies Record<string, { parameter: string; owned: OwnedKind; action: string }>;

export type Look = keyof typeof LOOKS;

/** Opens a route that only reads to administrators too, where ADMIN_TRANSCRIPT_ACCESS allows that; the trail tells of each look. */
export function OpenToAuditedLooks(look: Look): MethodDecorator {
  return SetMetadata(LOOK, look);
}
