/** Entry of the process that decodes one file: one request in, samples out through a pipe, then one answer, then it leaves. */
import { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { OUTPUT_FD } from './decoder-process.js';
import { InterleavedWriter } from './interleaved-pcm.js';
import { type PcmAnswer, isPcmRequest } from './pcm.protocol.js';
import { openChannels } from './pcm-source.js';
import { toRefusal } from './refusal.js';
import type { PcmBlock } from './pcm-block.js';

async function answer(message: unknown): Promise<PcmAnswer> {
  if (!isPcmRequest(message)) return toRefusal(new Error('unexpected message'));
  const output = new Socket({ fd: OUTPUT_FD, readable: false, writable: true });
  try {
    await pipeline(bytesOf(openChannels(message.path, message)), output);
    return { kind: 'end' };
  } catch (error) {
    return toRefusal(error);
  }
}

async function* bytesOf(blocks: AsyncIterable<PcmBlock>): AsyncGenerator<Uint8Array> {
  const writer = new InterleavedWriter();
  for await (const planes of blocks) yield* writer.write(planes);
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
