import type { TranscribeOptions, VadOptions } from '@whisper-transcriber/engine';
import type { DecodingOptions, VadChoice } from '../../jobs/decoding-options.view.js';

/** Speech may go on down to this much below the probability that it begins at, as in Silero's own reader. */
const OFFSET_BELOW_ONSET = 0.15;
const LEAST_OFFSET = 0.01;

/** The options of a job in the words of the engine. Those that it leaves open are the engine's own. */
export function toEngineOptions(decoding: DecodingOptions): TranscribeOptions {
  const { task, words, tokens, prompt, hotwords, temperature, vad } = decoding;
  return {
    task,
    words,
    tokens,
    ...(prompt === null ? {} : { prompt }),
    ...(hotwords === null ? {} : { hotwords }),
    ...(temperature === null || temperature === 0 ? {} : { temperatures: [temperature] }),
    ...(vad === null ? {} : { vad: toVadOptions(vad) }),
  };
}

function toVadOptions({ threshold, minSilenceMs, padMs }: VadChoice): Partial<VadOptions> {
  const offset = Math.max(LEAST_OFFSET, threshold - OFFSET_BELOW_ONSET);
  return { onset: threshold, offset: Math.min(threshold, offset), minSilenceMs, padMs };
}
