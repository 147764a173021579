import type { TranscriptView } from '../transcripts/transcript.view.js';
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
  return segments.map(({ text }) => `${oneLine(text)}\n`).join('');
}

function writeSubRip({ segments }: TranscriptView): string {
  const cues = segments.map(({ start, end, text }, index) => {
    // A line that looks like a time line would end the cue.
    const safe = oneLine(text).replaceAll('-->', '->');
    return `${index + 1}\n${formatSubtitleTime(start, ',')} --> ${formatSubtitleTime(end, ',')}\n${safe}\n`;
  });
  return cues.join('\n');
}

function writeWebVtt({ segments }: TranscriptView): string {
  const cues = segments.map(({ start, end, text }) => {
    const escaped = oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    return `${formatSubtitleTime(start, '.')} --> ${formatSubtitleTime(end, '.')}\n${escaped}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

function writeJson(transcript: TranscriptView): string {
  return `${JSON.stringify(toTranscriptResponse(transcript), null, 2)}\n`;
}

/** An empty line would end a cue, a line break a line of the text file. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]\s*/g, ' ');
}
