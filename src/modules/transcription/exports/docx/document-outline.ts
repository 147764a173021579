import type { TranscriptView } from '../../transcripts/transcript.view.js';
import type { ExportedRecording, ExportOptions } from '../export-options.js';
import { plainLine } from '../plain-line.js';
import { speakerName } from '../speaker-name.js';
import { clockTime } from '../subtitle-time.js';

/** What stands in a document. Small beside the transcript, as it goes to another thread. */
export interface DocumentOutline {
  readonly title: string;
  readonly paragraphs: readonly {
    /** When it begins; null: not to be said. */
    readonly time: string | null;
    /** Who speaks; null: not known, or not to be said. */
    readonly name: string | null;
    readonly text: string;
  }[];
}

/** A document with a paragraph for each segment, headed by the name of the recording. */
export function outlineOf(
  { segments, speakers }: TranscriptView,
  options: ExportOptions,
  { title }: ExportedRecording,
): DocumentOutline {
  const paragraphs = segments.map((segment) => {
    const name = options.speakers ? speakerName(segment, speakers) : null;
    return {
      time: options.times ? clockTime(segment.start) : null,
      name: name === null ? null : plainLine(name),
      text: plainLine(segment.text),
    };
  });
  return { title: plainLine(title), paragraphs };
}
