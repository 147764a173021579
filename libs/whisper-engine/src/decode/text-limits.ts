import { findLoop, LOOP, LONG_LOOP, type Repetition } from './repetition-guard.js';

/** Tokens for each second of speech: more than speech has. */
const FASTEST_SPEECH = 5;

/**
 * People do say a thing three times. Repetition only counts as a fault of the decoder in a text that is too long for the time that it
 * was spoken in.
 */
export function isTooFast(tokens: number, seconds: number): boolean {
  return tokens > FASTEST_SPEECH * seconds;
}

/** Where the text of a window has to end if it does not end by itself. */
export class TextLimits {
  /**
   * @param seconds of speech in the window
   * @param maxTokens longest text
   * @param firstTimestamp ids from here on are no text
   */
  constructor(
    private readonly seconds: number,
    private readonly maxTokens: number,
    private readonly firstTimestamp: number,
  ) {}

  /** How many tokens to keep of a text that cannot go on, or null. */
  cut(tokens: readonly number[]): { keep: number } | null {
    const keep = this.loop(tokens, isTooFast(tokens.length, this.seconds) ? LOOP : LONG_LOOP);
    if (keep !== null) return { keep };
    return tokens.length < this.maxTokens ? null : { keep: tokens.length };
  }

  /** Timestamps between the repeats differ; the text does not. */
  private loop(tokens: readonly number[], least: Repetition): number | null {
    const text = tokens.flatMap((token, index) => (token < this.firstTimestamp ? [index] : []));
    const keep = findLoop(
      text.map((index) => tokens[index] ?? 0),
      least,
    );
    return keep === null ? null : (text[keep] ?? tokens.length);
  }
}
