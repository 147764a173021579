import { parentPort } from 'node:worker_threads';
import { Document, HeadingLevel, type IRunOptions, Packer, Paragraph, TextRun } from 'docx';
import type { DocumentOutline } from './document-outline.js';
import type { DocxOrder, DocxReply } from './docx.protocol.js';

/** A thread that writes documents, one after the other. */
if (parentPort === null) throw new Error('this is the program of a worker thread');
const port = parentPort;
let last = Promise.resolve();

port.on('message', (order: DocxOrder) => {
  last = last.then(() => answer(order));
});

async function answer({ id, outline }: DocxOrder): Promise<void> {
  try {
    const file = Uint8Array.from(await write(outline));
    port.postMessage({ id, type: 'written', file } satisfies DocxReply, [file.buffer]);
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    port.postMessage({ id, type: 'failed', error } satisfies DocxReply);
  }
}

function write({ title, paragraphs }: DocumentOutline): Promise<Uint8Array> {
  const heading = new Paragraph({ text: title, heading: HeadingLevel.HEADING_1 });
  return Packer.toBuffer(
    new Document({ sections: [{ children: [heading, ...paragraphs.map(toParagraph)] }] }),
  );
}

function toParagraph({ time, name, text }: DocumentOutline['paragraphs'][number]): Paragraph {
  const begin = time === null ? [] : [new TextRun({ text: `[${time}] `, color: '808080' })];
  const speaker = name === null ? [] : [new TextRun(boldRun(`${name}: `))];
  return new Paragraph({ children: [...begin, ...speaker, new TextRun(text)] });
}

function boldRun(text: string): IRunOptions {
  return { text, bold: true };
}
