import { readFileSync } from 'node:fs';

const FLOAT = 3;

/** Samples of a mono WAV file at 16 kHz (16-bit or float), between -1 and 1. */
export function readWav(path: string): Float32Array {
  const bytes = readFileSync(path);
  let float = false;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (id === 'fmt ') {
      if (bytes.readUInt16LE(at + 10) !== 1 || bytes.readUInt32LE(at + 12) !== 16_000) {
        throw new Error('the fixture has to be mono at 16 kHz');
      }
      float = bytes.readUInt16LE(at + 8) === FLOAT;
    }
    if (id === 'data') return samplesOf(bytes.subarray(at + 8, at + 8 + size), float);
    at += 8 + size + (size & 1);
  }
  throw new Error('the fixture holds no sound');
}

function samplesOf(bytes: Buffer, float: boolean): Float32Array {
  return float
    ? Float32Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readFloatLE(4 * i))
    : Float32Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(2 * i) / 32_768);
}
