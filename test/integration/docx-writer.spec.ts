import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import mammoth from 'mammoth';
import type { Worker } from 'node:worker_threads';
import { DocxWriter } from '../../src/modules/transcription/exports/docx/docx-writer.service.js';

const outline = (paragraphs: number) => ({
  title: 'talk.wav',
  paragraphs: Array.from({ length: paragraphs }, (_, at) => ({ time: null, name: null, text: `Line ${at}` })),
});

let writer: DocxWriter;

afterEach(async () => {
  await writer.onModuleDestroy();
});

describe('the writer of documents', () => {
  it('leaves the thread to others while it writes', async () => {
    writer = new DocxWriter();
    const written = writer.write(outline(10_000));
    let turns = 0;
    let file: Uint8Array | undefined;
    while (file === undefined) {
      file = await Promise.race([written, nextTurn(undefined)]);
      turns++;
    }

    const { value } = await mammoth.extractRawText({ buffer: Buffer.from(file) });
    expect(value).toContain('Line 9999');
    // In the thread of the caller it would be but a few.
    expect(turns).toBeGreaterThan(100);
  });

  it('tells those who wait when its thread is lost, and goes on with another one', async () => {
    writer = new DocxWriter();
    const written = writer.write(outline(10_000));
    const told = expect(written).rejects.toThrow('The thread that writes documents ended');
    await (writer as unknown as { thread: Worker }).thread.terminate();
    await told;

    expect((await writer.write(outline(1))).length).toBeGreaterThan(0);
  });
});
