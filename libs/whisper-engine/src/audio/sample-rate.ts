/** Whisper and the VAD both take mono sound at this rate. */
export const SAMPLE_RATE = 16_000;
