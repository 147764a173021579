/** Part of a window's text between two timestamps, which are in seconds of the window. */
export interface TimestampedText {
  start: number;
  end: number;
  /** Text tokens `from` up to, not including, `to` of the window's text without its timestamps. */
  from: number;
  to: number;
}

export interface TimestampedWindow {
  parts: TimestampedText[];
  /** Text tokens without timestamps, and which of the window's tokens they are. */
  tokens: number[];
  indices: number[];
  /** Seconds of the window after which the next one begins. */
  advance: number;
}

const SECONDS = 0.02;

/**
 * Cuts the tokens of a window at its timestamps (the loop of openai/whisper, transcribe.py): text up to the last pair of timestamps is
 * finished, what comes behind it belongs to the next window, and a text that ends with a single timestamp finishes the window.
 * @param duration of the window in seconds
 */
export function readTimestamps(
  tokens: readonly number[],
  firstTimestamp: number,
  duration: number,
): TimestampedWindow {
  const isTimestamp = (index: number): boolean => (tokens[index] ?? -1) >= firstTimestamp;
  const timeOf = (index: number): number => ((tokens[index] ?? firstTimestamp) - firstTimestamp) * SECONDS;
  const pairs = tokens.flatMap((_, index) =>
    index > 0 && isTimestamp(index) && isTimestamp(index - 1) ? [index] : [],
  );
  const last = tokens.length - 1;
  const endsAtSilence = isTimestamp(last) && !isTimestamp(last - 1);
  if (pairs.length === 0) {
    const end = endsAtSilence && timeOf(last) > 0 ? timeOf(last) : duration;
    const start = isTimestamp(0) ? timeOf(0) : 0;
    return collect(tokens, firstTimestamp, [{ start, end: Math.max(start, end), first: 0, last }], duration);
  }
  const ends = endsAtSilence ? [...pairs, tokens.length] : pairs;
  const parts = ends.map((end, index) => {
    const first = ends[index - 1] ?? 0;
    return { start: timeOf(first), end: timeOf(end - 1), first, last: end - 1 };
  });
  const finished = timeOf((pairs.at(-1) ?? 0) - 1);
  return collect(tokens, firstTimestamp, parts, endsAtSilence || finished === 0 ? duration : finished);
}

interface Range {
  start: number;
  end: number;
  first: number;
  last: number;
}

function collect(
  tokens: readonly number[],
  firstTimestamp: number,
  ranges: readonly Range[],
  advance: number,
): TimestampedWindow {
  const result: TimestampedWindow = { parts: [], tokens: [], indices: [], advance };
  for (const { start, end, first, last } of ranges) {
    const from = result.tokens.length;
    for (let index = first; index <= last; index++) {
      const token = tokens[index] ?? firstTimestamp;
      if (token >= firstTimestamp) continue;
      result.tokens.push(token);
      result.indices.push(index);
    }
    result.parts.push({ start, end, from, to: result.tokens.length });
  }
  return result;
}
