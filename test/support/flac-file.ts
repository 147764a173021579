import { big, join } from './media-bytes.js';

export interface FlacClaims {
  readonly sampleRate: number;
  readonly channels?: number;
  /** Length according to the header; 0 does not say. */
  readonly claimedSamples?: number;
}

export interface SilentFrame {
  /** At most 65,535. */
  readonly samples: number;
  /** In the header of the frame, in tens of hertz; absent: that of the file. */
  readonly tensOfHertz?: number;
}

const MOST_SAMPLES = 65_535;

/** A FLAC file of digital silence: a dozen bytes for up to 65,535 samples. */
export function silentFlac(claims: FlacClaims, frames: Iterable<SilentFrame>): Buffer {
  const { sampleRate, channels = 1, claimedSamples = 0 } = claims;
  const sizes = join(big(2, 16, MOST_SAMPLES), big(3, 0, 0));
  const packed =
    (BigInt(sampleRate) << 44n) | (BigInt(channels - 1) << 41n) | (15n << 36n) | BigInt(claimedSamples);
  const rates = Buffer.alloc(8);
  rates.writeBigUInt64BE(packed);
  const parts = [join('fLaC', big(1, 0x80), big(3, 34), sizes, rates, Buffer.alloc(16))];
  let number = 0;
  for (const frame of frames) parts.push(silentFrame(frame, channels, number++));
  return Buffer.concat(parts);
}

export function* silence(samples: number): Generator<SilentFrame> {
  for (let left = samples; left > 0; left -= MOST_SAMPLES) yield { samples: Math.min(left, MOST_SAMPLES) };
}

/** Layout: RFC 9639 section 9. Every subframe is one constant. */
function silentFrame({ samples, tensOfHertz }: SilentFrame, channels: number, number: number): Buffer {
  const rateCode = tensOfHertz === undefined ? 0 : 0b1110;
  const header = join(
    big(2, 0xfff8),
    big(1, 0x70 | rateCode, (channels - 1) << 4),
    codedNumber(number),
    big(2, samples - 1),
    tensOfHertz === undefined ? '' : big(2, tensOfHertz),
  );
  const frame = join(header, big(1, crc(header, 8, 0x07)), Buffer.alloc(3 * channels));
  return join(frame, big(2, crc(frame, 16, 0x8005)));
}

function codedNumber(number: number): Buffer {
  return number < 0x800 ? Buffer.from(String.fromCodePoint(number)) : longNumber(number);
}

/** Like UTF-8, but for all numbers. */
function longNumber(number: number): Buffer {
  if (number < 0x10000)
    return big(3, 0xe08080 | ((number >> 12) << 16) | (((number >> 6) & 63) << 8) | (number & 63));
  return big(
    4,
    0xf0808080 +
      (number >> 18) * 2 ** 24 +
      (((number >> 12) & 63) << 16) +
      (((number >> 6) & 63) << 8) +
      (number & 63),
  );
}

function crc(bytes: Buffer, bits: 8 | 16, polynomial: number): number {
  const top = 1 << (bits - 1);
  let rest = 0;
  for (const byte of bytes) {
    rest ^= byte << (bits - 8);
    for (let bit = 0; bit < 8; bit += 1) rest = rest & top ? (rest << 1) ^ polynomial : rest << 1;
    rest &= 2 * top - 1;
  }
  return rest;
}
