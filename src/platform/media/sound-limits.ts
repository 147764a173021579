/** More than any recorder writes; what is beyond is damage or ill will. */
const MAX_CHANNELS = 64;
const MAX_SAMPLE_RATE = 768_000;
/** No speech is left below. It also bounds how much longer sound gets when it is brought to the rate of the engine. */
const MIN_SAMPLE_RATE = 4000;
/** Samples a second over all channels, which is what a second costs in memory and time. */
const MAX_VALUES_PER_SECOND = 64 * 192_000;

/** So many are heard each by itself, which costs as much as so many recordings. */
export const MAX_SEPARATE_CHANNELS = 8;

/** One sentence for people. */
export const SOUND_LIMITS_DETAIL = `The header names an impossible sample rate or number of channels; ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} Hz and ${MAX_CHANNELS} channels are read.`;

export function isPossibleSound(channels: number, sampleRate: number): boolean {
  return (
    channels > 0 &&
    channels <= MAX_CHANNELS &&
    sampleRate >= MIN_SAMPLE_RATE &&
    sampleRate <= MAX_SAMPLE_RATE &&
    channels * sampleRate <= MAX_VALUES_PER_SECOND
  );
}
