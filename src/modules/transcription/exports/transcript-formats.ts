import { plainCell } from '../../../platform/runtime/plain-cell.js';
import { toTranscriptResponse } from '../transcripts/dto/transcript.response.dto.js';
import type { TranscriptView } from '../transcripts/transcript.view.js';
import { outlineOf, type DocumentOutline } from './docx/document-outline.js';
import type { ExportedRecording, ExportOptions } from './export-options.js';
import { plainLine } from './plain-line.js';
import { speakerName } from './speaker-name.js';
import { clockTime } from './subtitle-time.js';
import { writeSubRip, writeWebVtt } from './subtitles.js';

/** How a transcript is written to a file. */
export interface TranscriptFormat {
  readonly mediaType: string;
  /** The options that it has a use for, as they are called in queries. */
  readonly options: readonly ExportOptionName[];
  /** Pieces of a text, each of which is made when it is asked for; or what a document is written of. */
  readonly write: (
    transcript: TranscriptView,
    options: ExportOptions,
    recording: ExportedRecording,
  ) => Iterable<string> | DocumentOutline;
}

export const EXPORT_OPTION_NAMES = ['times', 'speakers', 'line_length', 'max_words', 'max_lines'] as const;
export type ExportOptionName = (typeof EXPORT_OPTION_NAMES)[number];

const SUBTITLE_OPTIONS = ['speakers', 'line_length', 'max_words', 'max_lines'] as const;

export const TRANSCRIPT_FORMATS = {
  txt: { mediaType: 'text/plain; charset=utf-8', options: ['times', 'speakers'], write: writeText },
  srt: { mediaType: 'application/x-subrip; charset=utf-8', options: SUBTITLE_OPTIONS, write: writeSubRip },
  vtt: { mediaType: 'text/vtt; charset=utf-8', options: SUBTITLE_OPTIONS, write: writeWebVtt },
  json: { mediaType: 'application/json; charset=utf-8', options: [], write: writeJson },
  tsv: { mediaType: 'text/tab-separated-values; charset=utf-8', options: ['speakers'], write: writeTsv },
  docx: {
    mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    options: ['times', 'speakers'],
    write: outlineOf,
  },
} as const satisfies Record<string, TranscriptFormat>;

export type TranscriptFormatName = keyof typeof TRANSCRIPT_FORMATS;

export const TRANSCRIPT_FORMAT_NAMES = Object.keys(TRANSCRIPT_FORMATS) as TranscriptFormatName[];

function* writeText({ segments, speakers }: TranscriptView, options: ExportOptions): Generator<string> {
  for (const segment of segments) {
    const time = options.times ? `[${clockTime(segment.start)}] ` : '';
    const name = options.speakers ? speakerName(segment, speakers) : null;
    yield `${time}${name === null ? '' : `${name}: `}${plainLine(segment.text)}\n`;
  }
}

/** Times in milliseconds, as Whisper writes them; who speaks only where somebody is known. */
function* writeTsv({ segments, speakers }: TranscriptView, options: ExportOptions): Generator<string> {
  const names = segments.map((segment) => (options.speakers ? speakerName(segment, speakers) : null));
  const hasNames = names.some((name) => name !== null);
  const head = ['start', 'end', ...(hasNames ? ['speaker'] : []), 'text'];
  yield tsvRow(head);
  for (const [index, { start, end, text }] of segments.entries())
    yield tsvRow([
      String(Math.round(start * 1000)),
      String(Math.round(end * 1000)),
      ...(hasNames ? [tsvCell(names[index] ?? '')] : []),
      tsvCell(text),
    ]);
}

function tsvRow(cells: readonly string[]): string {
  return `${cells.join('\t')}\n`;
}

/** There are no quotes in TSV, so what parts cells and rows has to go. */
function tsvCell(text: string): string {
  return plainCell(plainLine(text));
}

/** In one piece, as `GET /transcripts/ID` answers too. */
function* writeJson(transcript: TranscriptView): Generator<string> {
  yield `${JSON.stringify(toTranscriptResponse(transcript), null, 2)}\n`;
}
