import { Document, HeadingLevel, type IRunOptions, Packer, Paragraph, TextRun } from 'docx';
import type { TranscriptView } from '../transcripts/transcript.view.js';
import type { ExportedRecording, ExportOptions } from './export-options.js';
import { plainLine } from './plain-line.js';
import { speakerName } from './speaker-name.js';
import { clockTime } from './subtitle-time.js';

/** A document with a paragraph for each segment, headed by the name of the recording. */
export function writeDocx(
  { segments, speakers }: TranscriptView,
  options: ExportOptions,
  { title }: ExportedRecording,
): Promise<Uint8Array> {
  const paragraphs = segments.map((segment) => {
    const name = options.speakers ? speakerName(segment, speakers) : null;
    const time = options.times
      ? [new TextRun({ text: `[${clockTime(segment.start)}] `, color: '808080' })]
      : [];
    const label = name === null ? [] : [new TextRun(boldRun(`${plainLine(name)}: `))];
    return new Paragraph({ children: [...time, ...label, new TextRun(plainLine(segment.text))] });
  });
  const heading = new Paragraph({ text: plainLine(title), heading: HeadingLevel.HEADING_1 });
  return Packer.toBuffer(new Document({ sections: [{ children: [heading, ...paragraphs] }] }));
}

function boldRun(text: string): IRunOptions {
  return { text, bold: true };
}
