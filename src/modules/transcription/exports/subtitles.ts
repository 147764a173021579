import { separatorIn } from '../transcripts/join-segments.js';
import type { TranscriptSegment, TranscriptView } from '../transcripts/transcript.view.js';
import { DEFAULT_EXPORT, type ExportedRecording, type ExportOptions } from './export-options.js';
import { plainLine } from './plain-line.js';
import { speakerName } from './speaker-name.js';
import { toSubtitleCues, type SubtitleCue } from './subtitle-cues.js';
import { formatSubtitleTime } from './subtitle-time.js';

export function* writeSubRip(
  { segments, speakers }: TranscriptView,
  options: ExportOptions,
  { language }: ExportedRecording,
): Generator<string> {
  let number = 0;
  for (const segment of segments)
    for (const cue of subRipCues(segment, { speakers, language }, options)) {
      number++;
      yield `${number === 1 ? '' : '\n'}${writeSubRipCue(cue, number)}`;
    }
}

export function* writeWebVtt(
  { segments, speakers }: TranscriptView,
  options: ExportOptions,
  { language }: ExportedRecording,
): Generator<string> {
  yield 'WEBVTT\n';
  for (const segment of segments)
    for (const cue of webVttCues(segment, { speakers, language }, options)) yield `\n${cue}`;
}

/** Names, and the language of the text. */
type Naming = Pick<TranscriptView, 'speakers' | 'language'>;
const NOBODY: Naming = { speakers: {}, language: null };

/** One cue of SubRip. Between two of them there is an empty line. */
export function toSubRipCue(segment: TranscriptSegment, number: number): string {
  return subRipCues(segment, NOBODY, DEFAULT_EXPORT)
    .map((cue) => writeSubRipCue(cue, number))
    .join('\n');
}

/** One cue of WebVTT. Before each of them there is an empty line. */
export function toWebVttCue(segment: TranscriptSegment): string {
  return webVttCues(segment, NOBODY, DEFAULT_EXPORT).join('\n');
}

function subRipCues(
  segment: TranscriptSegment,
  { speakers, language }: Naming,
  options: ExportOptions,
): SubtitleCue[] {
  const name = options.speakers ? speakerName(segment, speakers) : null;
  return toSubtitleCues(segment, name === null ? '' : `${name}: `, separatorIn(language), options);
}

/** A line that looks like a time line would end the cue. */
function writeSubRipCue({ start, end, lines }: SubtitleCue, number: number): string {
  const text = lines.join('\n').replaceAll('-->', '->');
  return `${number}\n${formatSubtitleTime(start, ',')} --> ${formatSubtitleTime(end, ',')}\n${text}\n`;
}

function webVttCues(
  segment: TranscriptSegment,
  { speakers, language }: Naming,
  options: ExportOptions,
): string[] {
  const name = options.speakers ? speakerName(segment, speakers) : null;
  const voice = name === null ? '' : `<v ${escape(plainLine(name))}>`;
  return toSubtitleCues(segment, '', separatorIn(language), options).map(
    ({ start, end, lines }) =>
      `${formatSubtitleTime(start, '.')} --> ${formatSubtitleTime(end, '.')}\n${voice}${escape(lines.join('\n'))}\n`,
  );
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
