export interface TextFigures {
  avgLogprob: number;
  compressionRatio: number;
  noSpeechProb: number;
  /** The text was cut because it looped or did not end. */
  cut: boolean;
  /** It has more tokens than can be spoken in its time. */
  tooFast: boolean;
}

export interface Thresholds {
  compressionRatioThreshold: number;
  logprobThreshold: number;
  noSpeechThreshold: number;
}

/** Those of openai/whisper. */
export const DEFAULT_THRESHOLDS: Thresholds = {
  compressionRatioThreshold: 2.4,
  logprobThreshold: -1,
  noSpeechThreshold: 0.6,
};

/**
 * How many hypotheses are followed, a width of beam, where the greedy text is unsure. This and the two limits below were found with the
 * recordings of the benchmark: docs/adr/0011.
 */
export const UNSURE_BEAM = 6;
const UNSURE = -0.18;
/** Smaller differences of the mean log-probability say nothing: rounding to int8 makes them too. */
const LIKELIER_BY = 0.005;

/** Whether a beam often finds a better text than the greedy one of this mean log-probability. */
export const isUnsure = (avgLogprob: number): boolean => avgLogprob < UNSURE;

export const isLikelier = (avgLogprob: number, than: number): boolean => avgLogprob - than > LIKELIER_BY;

/** Nobody speaks in a window that the model takes for silence and whose text it does not trust. */
export function isSilence(figures: TextFigures, thresholds: Thresholds): boolean {
  return (
    figures.noSpeechProb > thresholds.noSpeechThreshold && figures.avgLogprob < thresholds.logprobThreshold
  );
}

function repeatsItself(
  { compressionRatio, tooFast }: TextFigures,
  { compressionRatioThreshold }: Thresholds,
): boolean {
  return compressionRatio > compressionRatioThreshold && tooFast;
}

/** Whether a text should be decoded again (decode_with_fallback of openai/whisper, transcribe.py, except that
 * repetition at the pace of speech is let pass, and that texts that were cut are not). */
export function needsFallback(figures: TextFigures, thresholds: Thresholds): boolean {
  if (isSilence(figures, thresholds)) return false;
  return (
    figures.cut || repeatsItself(figures, thresholds) || figures.avgLogprob < thresholds.logprobThreshold
  );
}
