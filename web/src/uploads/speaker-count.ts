import type { TranscribeOptions } from '@whisper-transcriber/client-sdk';

/** How many people speak, as it was typed. */
export interface SpeakerCount {
  readonly known: 'not' | 'exactly' | 'between';
  readonly exactly: string;
  readonly least: string;
  readonly most: string;
}

export const ANY_SPEAKERS: SpeakerCount = { known: 'not', exactly: '2', least: '2', most: '4' };

const MOST_SPEAKERS = 20;

type SpeakerOptions = Pick<TranscribeOptions, 'numSpeakers' | 'minSpeakers' | 'maxSpeakers'>;

/** What the SDK takes that says the same. */
export function speakerOptionsOf({ known, exactly, least, most }: SpeakerCount): SpeakerOptions {
  if (known === 'exactly') return { numSpeakers: Number(exactly) };
  if (known === 'between') return { minSpeakers: Number(least), maxSpeakers: Number(most) };
  return {};
}

/** What is wrong with it, for each field that has a fault. */
export function speakerFaults({
  known,
  exactly,
  least,
  most,
}: SpeakerCount): Partial<Record<'exactly' | 'least' | 'most', string>> {
  if (known === 'not') return {};
  const fault = `A whole number from 1 to ${MOST_SPEAKERS}.`;
  if (known === 'exactly') return isCount(exactly) ? {} : { exactly: fault };
  const ofEach = { ...(!isCount(least) && { least: fault }), ...(!isCount(most) && { most: fault }) };
  const isUpsideDown = Object.keys(ofEach).length === 0 && Number(least) > Number(most);
  return isUpsideDown ? { most: 'Not below “At least”.' } : ofEach;
}

function isCount(text: string): boolean {
  return /^\d{1,2}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= MOST_SPEAKERS;
}
