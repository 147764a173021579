import { highest, logSumExp } from './logits.js';

export interface TimestampConfig {
  endOfText: number;
  noTimestamps: number;
  /** 0.00 s; all later ids are timestamps in steps of 0.02 s. */
  firstTimestamp: number;
  /** Latest first timestamp, in steps after 0.00 s. */
  maxInitialTimestampIndex: number;
}

/**
 * Whisper's rules for timestamp tokens (ApplyTimestampRules of openai/whisper, decoding.py): the text begins with a timestamp,
 * timestamps come in pairs around text and never go back, and one is forced where all of them together are more probable than any
 * text.
 * @param logits f32 [vocabulary]: what may not follow becomes -Infinity
 * @param history tokens of the text so far, without the prompt
 */
export function applyTimestampRules(
  logits: Float32Array,
  history: readonly number[],
  config: TimestampConfig,
): void {
  const { endOfText, noTimestamps, firstTimestamp, maxInitialTimestampIndex } = config;
  const isTimestamp = (token: number | undefined): boolean => token !== undefined && token >= firstTimestamp;
  logits[noTimestamps] = -Infinity;
  if (history.length === 0) {
    logits.fill(-Infinity, 0, firstTimestamp);
    logits.fill(-Infinity, firstTimestamp + maxInitialTimestampIndex + 1);
    return;
  }
  const afterTimestamp = isTimestamp(history.at(-1));
  // A single timestamp at the very start opens the text: it counts as the second of a pair.
  const afterPair = afterTimestamp && (history.length < 2 || isTimestamp(history.at(-2)));
  if (afterPair) logits.fill(-Infinity, firstTimestamp);
  else if (afterTimestamp) logits.fill(-Infinity, 0, endOfText);
  const last = history.findLast(isTimestamp);
  if (last !== undefined) {
    // Only the second of a pair may repeat the time of the first.
    logits.fill(-Infinity, firstTimestamp, afterTimestamp && !afterPair ? last : last + 1);
  }
  if (logSumExp(logits, firstTimestamp) > highest(logits, 0, firstTimestamp)) {
    logits.fill(-Infinity, 0, firstTimestamp);
  }
}
