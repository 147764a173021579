import { big, join, little } from './media-bytes.js';

const MOST_PACKETS_IN_PAGE = 255;
/** 48 frames of 2.5 ms in one packet: the most that there may be. */
const LONGEST_PACKET = big(1, 0x83, 48);
const LONGEST_PACKET_SAMPLES = 48 * 120;

/** An Ogg Opus file of silence: three bytes for each 0.12 seconds. */
export function silentOpus(seconds: number): Buffer {
  const head = join('OpusHead', big(1, 1, 1), little(2, 0), little(4, 48_000), little(2, 0), big(1, 0));
  const tags = join('OpusTags', little(4, 0, 0));
  const pages = [page(0, 2, 0, [head]), page(1, 0, 0, [tags])];
  let left = Math.ceil((seconds * 48_000) / LONGEST_PACKET_SAMPLES);
  for (let position = 0; left > 0; left -= MOST_PACKETS_IN_PAGE) {
    const packets = new Array<Buffer>(Math.min(left, MOST_PACKETS_IN_PAGE)).fill(LONGEST_PACKET);
    position += packets.length * LONGEST_PACKET_SAMPLES;
    pages.push(page(pages.length, 0, position, packets));
  }
  return Buffer.concat(pages);
}

/** Layout: RFC 3533 section 6. Packets are shorter than 255 bytes. */
function page(number: number, flags: number, position: number, packets: readonly Buffer[]): Buffer {
  const sizes = Buffer.from(packets.map(({ length }) => length));
  const bytes = join(
    'OggS',
    big(1, 0, flags),
    little(8, position),
    little(4, 1, number, 0),
    big(1, packets.length),
    sizes,
    ...packets,
  );
  bytes.writeUInt32LE(checksum(bytes), 22);
  return bytes;
}

function checksum(bytes: Buffer): number {
  let rest = 0;
  for (const byte of bytes) {
    rest ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) rest = rest < 0 ? (rest << 1) ^ 0x04c11db7 : rest << 1;
  }
  return rest >>> 0;
}
