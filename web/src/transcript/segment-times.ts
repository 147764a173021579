import { SHORTEST_SEGMENT_SECONDS, voiceOf, type EditedSegment } from './document';
import { clockTime } from './clock-time';

/** Why a segment cannot have these times; null: it can. One voice does not speak twice at once. */
export function timesProblem(
  segments: readonly EditedSegment[],
  segment: EditedSegment,
  { start, end }: { start: number; end: number },
  duration: number,
): string | null {
  if (end - start < SHORTEST_SEGMENT_SECONDS) return 'The end has to be after the begin.';
  if (end > duration) return `The recording ends at ${clockTime(duration)}.`;
  const other = segments.find(
    (candidate) =>
      candidate.key !== segment.key &&
      voiceOf(candidate) === voiceOf(segment) &&
      candidate.start < end &&
      start < candidate.end,
  );
  return other === undefined
    ? null
    : `The segment from ${clockTime(other.start)} to ${clockTime(other.end)} is in the way.`;
}
