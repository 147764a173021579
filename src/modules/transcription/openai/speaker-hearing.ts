import { MAX_SEPARATE_CHANNELS } from '../../../platform/media/sound-limits.js';
import type { DecodingOptions, SpeakerHints } from '../../jobs/decoding-options.view.js';

const NO_HINTS: SpeakerHints = { exactly: null, least: null, most: null };

/**
 * How speakers are told apart in a recording with so many channels: by these where there are several, as each person has one of their own
 * then, and by their voices where there is one. Voices that are known are looked for in each channel.
 */
export function hearSpeakers(
  channels: number,
  areSomeKnown: boolean,
): Pick<DecodingOptions, 'channels' | 'diarize'> {
  const isSeparate = channels > 1 && channels <= MAX_SEPARATE_CHANNELS;
  if (!isSeparate) return { channels: 'mixed', diarize: NO_HINTS };
  return { channels: 'separate', diarize: areSomeKnown ? NO_HINTS : null };
}
