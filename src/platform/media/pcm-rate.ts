/** What Whisper listens to, in Hz. */
export const PCM_SAMPLE_RATE = 16_000;
