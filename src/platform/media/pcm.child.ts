/** Entry of the process that decodes one file: one request in, samples out through a pipe, then one answer, then it leaves. */
import { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { OUTPUT_FD } from './decoder-process.js';
import { type PcmAnswer, isPcmRequest } from './pcm.protocol.js';
import { openPcm } from './pcm-source.js';
import { toRefusal } from './refusal.js';

async function answer(message: unknown): Promise<PcmAnswer> {
  if (!isPcmRequest(message)) return toRefusal(new Error('unexpected message'));
  const output = new Socket({ fd: OUTPUT_FD, readable: false, writable: true });
  try {
    await pipeline(bytesOf(openPcm(message.path, message)), output);
    return { kind: 'end' };
  } catch (error) {
    return toRefusal(error);
  }
}

async function* bytesOf(blocks: AsyncIterable<Float32Array>): AsyncGenerator<Uint8Array> {
  for await (const { buffer, byteOffset, byteLength } of blocks) {
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}

process.once('message', (message) => {
  void answer(message).then((result) => {
    process.send?.(result, () => {
      process.disconnect();
    });
  });
});
process.once('disconnect', () => {
  process.exit(0);
});
