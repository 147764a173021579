import type { TranscriptSegment, TranscriptView } from '../transcripts/transcript.view.js';
import { toTranscriptResponse } from '../transcripts/dto/transcript.response.dto.js';
import { formatSubtitleTime } from './subtitle-time.js';

/** How a transcript is written to a file. */
export interface TranscriptFormat {
  readonly mediaType: string;
  readonly write: (transcript: TranscriptView) => string;
}

export const TRANSCRIPT_FORMATS = {
  txt: { mediaType: 'text/plain; charset=utf-8', write: writeText },
  srt: { mediaType: 'application/x-subrip; charset=utf-8', write: writeSubRip },
  vtt: { mediaType: 'text/vtt; charset=utf-8', write: writeWebVtt },
  json: { mediaType: 'application/json; charset=utf-8', write: writeJson },
} as const satisfies Record<string, TranscriptFormat>;

export type TranscriptFormatName = keyof typeof TRANSCRIPT_FORMATS;

export const TRANSCRIPT_FORMAT_NAMES = Object.keys(TRANSCRIPT_FORMATS) as TranscriptFormatName[];

function writeText({ segments }: TranscriptView): string {
  return segments.map((segment) => `${labelled(segment)}\n`).join('');
}

function writeSubRip({ segments }: TranscriptView): string {
  return segments.map((segment, index) => toSubRipCue(segment, index + 1)).join('\n');
}

/** One cue of SubRip. Between two of them there is an empty line. */
export function toSubRipCue(segment: TranscriptSegment, number: number): string {
  const { start, end } = segment;
  // A line that looks like a time line would end the cue.
  const safe = labelled(segment).replaceAll('-->', '->');
  return `${number}\n${formatSubtitleTime(start, ',')} --> ${formatSubtitleTime(end, ',')}\n${safe}\n`;
}

function writeWebVtt({ segments }: TranscriptView): string {
  return ['WEBVTT\n', ...segments.map(toWebVttCue)].join('\n');
}

/** One cue of WebVTT. Before each of them there is an empty line. */
export function toWebVttCue({ start, end, text, channel }: TranscriptSegment): string {
  const voice = channel === undefined ? '' : `<v ${channelName(channel)}>`;
  const escaped = oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `${formatSubtitleTime(start, '.')} --> ${formatSubtitleTime(end, '.')}\n${voice}${escaped}\n`;
}

function writeJson(transcript: TranscriptView): string {
  return `${JSON.stringify(toTranscriptResponse(transcript), null, 2)}\n`;
}

/** One line, in which a channel that was heard by itself speaks under its name. */
function labelled({ text, channel }: TranscriptSegment): string {
  return `${channel === undefined ? '' : `${channelName(channel)}: `}${oneLine(text)}`;
}

/** People count from 1. */
function channelName(channel: number): string {
  return `Channel ${channel + 1}`;
}

/** An empty line would end a cue, a line break a line of the text file. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]\s*/g, ' ');
}
