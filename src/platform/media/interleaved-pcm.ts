import type { PcmBlock } from './pcm-block.js';

const SAMPLE_BYTES = 4;
/** In front of the samples: how many channels there are, as 32 bits, least byte first. */
const HEADER_BYTES = 4;

/** How sound goes through a pipe: the number of channels, once, then samples as 32-bit floats, those of one moment side by side. */
export class InterleavedWriter {
  private begun = false;

  /** @param planes of one length; always the same number */
  *write(planes: PcmBlock): Generator<Uint8Array> {
    if (!this.begun) {
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt32LE(planes.length);
      this.begun = true;
      yield header;
    }
    const { buffer, byteOffset, byteLength } = interleave(planes);
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}

/** The other end. A pipe cuts where it likes, also within a sample. */
export class InterleavedReader {
  private rest: Buffer = Buffer.alloc(0);
  private channels = 0;

  /** Planes of one length, which is 0 where a chunk completes nothing; none before the number of channels is known. */
  read(chunk: Buffer): PcmBlock {
    let bytes = Buffer.concat([this.rest, chunk]);
    if (this.channels === 0 && bytes.length >= HEADER_BYTES) {
      this.channels = bytes.readUInt32LE();
      bytes = bytes.subarray(HEADER_BYTES);
    }
    const moments = this.channels === 0 ? 0 : Math.floor(bytes.length / (SAMPLE_BYTES * this.channels));
    const used = moments * SAMPLE_BYTES * this.channels;
    const samples = new Float32Array(moments * this.channels);
    new Uint8Array(samples.buffer).set(bytes.subarray(0, used));
    this.rest = bytes.subarray(used);
    return deinterleave(samples, this.channels);
  }
}

function interleave(planes: PcmBlock): Float32Array {
  const [first] = planes;
  if (first === undefined || planes.length === 1) return first ?? new Float32Array(0);
  const samples = new Float32Array(first.length * planes.length);
  for (const [channel, plane] of planes.entries()) {
    for (let n = 0; n < plane.length; n += 1) samples[n * planes.length + channel] = plane[n] ?? 0;
  }
  return samples;
}

function deinterleave(samples: Float32Array, channels: number): PcmBlock {
  if (channels === 1) return [samples];
  const length = channels === 0 ? 0 : samples.length / channels;
  return Array.from({ length: channels }, (_, channel) => {
    const plane = new Float32Array(length);
    for (let n = 0; n < length; n += 1) plane[n] = samples[n * channels + channel] ?? 0;
    return plane;
  });
}
