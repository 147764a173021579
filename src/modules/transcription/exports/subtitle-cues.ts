import type { TranscriptSegment } from '../transcripts/transcript.view.js';
import { timeWords } from '../transcripts/versions/word-times.js';
import type { ExportOptions } from './export-options.js';
import { plainLine } from './plain-line.js';

/** What is shown at once. */
export interface SubtitleCue {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

type Timed = Pick<TranscriptSegment, 'start' | 'end' | 'text'>;
type Breaking = Pick<ExportOptions, 'lineLength' | 'maxWords' | 'maxLines'>;

/**
 * A segment as subtitles. Without a limit of words or of characters it is one, as it stands; else it is broken between words, whose times
 * are shared out where the transcript has none. A word that is longer than a line has a line of its own.
 *
 * @param label what stands before the text and takes its place in the first line; '' for nothing
 * @param separator what parts words
 */
export function toSubtitleCues(
  segment: TranscriptSegment,
  label: string,
  separator: string,
  breaking: Breaking,
): SubtitleCue[] {
  const { start, end } = segment;
  const text = plainLine(segment.text);
  if (breaking.lineLength === null && breaking.maxWords === null)
    return [{ start, end, lines: [label + text] }];
  const words = segment.words ?? timeWords({ start, end, text }, [], separator !== '');
  const filler = new CueFiller(separator, breaking);
  words.forEach((word, index) => {
    filler.add({ ...word, text: (index === 0 ? label : '') + plainLine(word.text) });
  });
  const cues = filler.cues.map(({ from, until, lines }) => ({
    start: from,
    end: Math.max(from, until),
    lines,
  }));
  return cues.every((cue) => cue.end > cue.start) ? cues : sharedOut(segment, cues);
}

/** What nobody heard, but somebody wrote, may have no time of its own: then each cue gets its share of the segment by its length. */
function sharedOut({ start, end }: TranscriptSegment, cues: readonly SubtitleCue[]): SubtitleCue[] {
  const lengths = cues.map(({ lines }) => lines.join(' ').length);
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  let passed = 0;
  const timeOf = (): number => start + ((end - start) * passed) / whole;
  return cues.map(({ lines }, index) => {
    const from = timeOf();
    passed += lengths[index] ?? 0;
    return { start: from, end: timeOf(), lines };
  });
}

interface OpenCue {
  readonly from: number;
  until: number;
  words: number;
  readonly lines: string[];
}

/** Puts one word after the other where there is room. */
class CueFiller {
  readonly cues: OpenCue[] = [];

  constructor(
    private readonly separator: string,
    private readonly breaking: Breaking,
  ) {}

  add({ start, end, text }: Timed): void {
    const cue = this.cues.at(-1);
    if (cue === undefined || !this.takes(cue, text)) {
      this.cues.push({ from: start, until: end, words: 1, lines: [text] });
      return;
    }
    const line = cue.lines.at(-1) ?? '';
    if (this.isWithinLine(line + this.separator + text))
      cue.lines[cue.lines.length - 1] = line + this.separator + text;
    else cue.lines.push(text);
    cue.words++;
    cue.until = end;
  }

  private takes(cue: OpenCue, text: string): boolean {
    const { maxWords, maxLines } = this.breaking;
    if (maxWords !== null && cue.words >= maxWords) return false;
    return (
      cue.lines.length < maxLines || this.isWithinLine(`${cue.lines.at(-1) ?? ''}${this.separator}${text}`)
    );
  }

  private isWithinLine(line: string): boolean {
    const { lineLength } = this.breaking;
    return lineLength === null || Array.from(line).length <= lineLength;
  }
}
