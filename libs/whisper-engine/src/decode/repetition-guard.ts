const LONGEST_PHRASE = 40;

export interface Repetition {
  /** Times that a phrase comes in a row, at least. */
  repeats: number;
  /** Tokens that all of these have together, at least. */
  tokens: number;
}

export const LOOP: Repetition = { repeats: 3, tokens: 12 };
/** More than anybody repeats, at whatever pace. */
export const LONG_LOOP: Repetition = { repeats: 8, tokens: 32 };

/**
 * Looks for a phrase of 1 to 40 tokens that the end of the text repeats over and over.
 * @returns how many tokens to keep (the text with the phrase once), or null where nothing loops
 */
export function findLoop(tokens: readonly number[], least = LOOP): number | null {
  for (let phrase = 1; phrase <= LONGEST_PHRASE; phrase++) {
    const repeats = Math.max(least.repeats, Math.ceil(least.tokens / phrase));
    if (phrase * repeats > tokens.length) continue;
    if (isPeriodic(tokens, phrase, phrase * repeats)) return firstRepeat(tokens, phrase);
  }
  return null;
}

function isPeriodic(tokens: readonly number[], period: number, length: number): boolean {
  for (let i = tokens.length - length; i < tokens.length - period; i++) {
    if (tokens[i] !== tokens[i + period]) return false;
  }
  return true;
}

/** End of the first occurrence of the looping phrase. */
function firstRepeat(tokens: readonly number[], period: number): number {
  let start = tokens.length - period;
  while (start > 0 && tokens[start - 1] === tokens[start - 1 + period]) start--;
  return start + period;
}
