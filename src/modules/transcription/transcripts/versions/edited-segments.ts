import type { JobSegment, JobWord } from '../../../jobs/job-text.view.js';
import type { SegmentEdit } from './segment-edits.js';
import { timeWords } from './word-times.js';

/** What a segment has that nobody heard. */
const WRITTEN = { avgLogprob: 0, compressionRatio: 1, noSpeechProb: 0, temperature: 0 };

/**
 * The segments that come of edits. What the engine said of its certainty comes from the segment that was there in the same time; words,
 * where the transcript has any, from the edit or else as `timeWords` finds them. A segment that stays as it is keeps its tokens.
 */
export function applyEdits(
  edits: readonly SegmentEdit[],
  before: readonly JobSegment[],
  isSpaced: boolean,
): JobSegment[] {
  const channels = Map.groupBy(before, ({ channel }) => channel);
  const heard = new Map([...channels].map(([channel, segments]) => [channel, new HeardChannel(segments)]));
  const hasWords = before.some(({ words }) => words !== undefined);
  return edits.map((edit) => {
    const channel = heard.get(edit.channel) ?? new HeardChannel([]);
    const origin = channel.findOverlapping(edit);
    const { speaker, channel: number, ...timed } = edit;
    const voice = {
      ...(number !== undefined && { channel: number }),
      ...(speaker !== undefined && { speaker }),
    };
    const { start, end, text } = timed;
    const certainty = origin === undefined ? WRITTEN : certaintyOf(origin);
    const words =
      edit.words?.map(toWord) ??
      (hasWords ? timeWords(edit, channel.wordsWithin(edit), isSpaced) : undefined);
    const tokens = origin !== undefined && isSame(origin, edit) ? origin.tokens : undefined;
    return {
      start,
      end,
      text,
      ...certainty,
      ...voice,
      ...(origin?.overlap === true && { overlap: true }),
      ...(words === undefined ? {} : { words }),
      ...(tokens === undefined ? {} : { tokens }),
    };
  });
}

/** What was heard on one channel. Segments may overlap, and one lie within another. */
class HeardChannel {
  private readonly words: readonly JobWord[];
  /** In order of their start. */
  private readonly segments: readonly JobSegment[];
  /** Up to where each of them and those before it reach: other than ends, these never go back. */
  private readonly reaches: readonly number[];

  constructor(segments: readonly JobSegment[]) {
    this.segments = segments.toSorted((one, other) => one.start - other.start);
    let reach = 0;
    this.reaches = this.segments.map(({ end }) => (reach = Math.max(reach, end)));
    this.words = segments
      .flatMap(({ words = [] }) => words)
      .toSorted((one, other) => middleOf(one) - middleOf(other));
  }

  /** The segment that has most of this time in common; of several the shortest, as the others reach over it. */
  findOverlapping({ start, end }: SegmentEdit): JobSegment | undefined {
    let best: JobSegment | undefined;
    let [most, shortest] = [0, Infinity];
    const first = firstThat(this.reaches, (reach) => reach >= start);
    const beyond = firstThat(this.segments, (segment) => segment.start > end);
    for (const segment of this.segments.slice(first, beyond)) {
      const common = Math.min(end, segment.end) - Math.max(start, segment.start);
      const length = segment.end - segment.start;
      if (common > most || (common === most && length < shortest))
        [best, most, shortest] = [segment, common, length];
    }
    return best;
  }

  wordsWithin({ start, end }: SegmentEdit): readonly JobWord[] {
    const first = firstThat(this.words, (word) => middleOf(word) >= start);
    return this.words.slice(
      first,
      firstThat(this.words, (word) => middleOf(word) > end),
    );
  }
}

/** The index of the first, by halves: what is true of one is true of all that follow. */
function firstThat<T>(list: readonly T[], isTrue: (item: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = list[middle];
    if (item !== undefined && isTrue(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const middleOf = ({ start, end }: JobWord): number => (start + end) / 2;

function certaintyOf({
  avgLogprob,
  compressionRatio,
  noSpeechProb,
  temperature,
}: JobSegment): typeof WRITTEN {
  return { avgLogprob, compressionRatio, noSpeechProb, temperature };
}

function toWord({ start, end, text, probability = 1 }: NonNullable<SegmentEdit['words']>[number]): JobWord {
  return { start, end, text, probability };
}

function isSame(segment: JobSegment, { start, end, text }: SegmentEdit): boolean {
  return segment.start === start && segment.end === end && segment.text === text;
}
