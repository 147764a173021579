import { SHORTEST_SEGMENT_SECONDS, type EditedSegment } from './document';
import { clockTime } from './clock-time';
import { voiceOf } from './speakers';

/** Why a segment should not have these times; null: nothing speaks against it. Only the engine makes one voice speak twice at once, and that may stay. */
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
      overlap(candidate, { start, end }) &&
      !overlap(candidate, segment),
  );
  return other === undefined
    ? null
    : `The segment from ${clockTime(other.start)} to ${clockTime(other.end)} is in the way.`;
}

type Span = Pick<EditedSegment, 'start' | 'end'>;

function overlap(one: Span, other: Span): boolean {
  return one.start < other.end && other.start < one.end;
}
