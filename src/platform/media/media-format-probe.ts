import { closeSync, openSync, readSync } from 'node:fs';
import { InputFormat } from 'node-av/lib';
import { isAcceptedContainer, isGuessedFormat } from './media-formats.js';

/** Enough for a signature. */
const FIRST_LOOK_BYTES = 1 << 16;
/** Enough for a bit pattern to be sure of; looking at so much takes time. */
const LOOK_AT_BYTES = 1 << 20;
/** FFmpeg's probe functions may read this far behind the data, so zeros must follow it. */
const PROBE_PADDING_BYTES = 64;
const ID3_HEADER_BYTES = 10;
const MAX_ID3_TAGS = 8;

/**
 * Recognises the container by its content. Neither the file's name nor its extension is shown to FFmpeg, which would
 * otherwise let them weigh in. ID3 tags are stepped over first: a cover picture in them may be larger than what is looked at.
 */
export function findInputFormat(path: string): InputFormat | null {
  const file = openSync(path, 'r');
  try {
    const start = endOfId3Tags(file);
    const first = formatOf(file, start, FIRST_LOOK_BYTES);
    return first !== null && hasSignature(first) ? first : formatOf(file, start, LOOK_AT_BYTES);
  } finally {
    closeSync(file);
  }
}

function formatOf(file: number, start: number, bytes: number): InputFormat | null {
  const buffer = Buffer.alloc(bytes + PROBE_PADDING_BYTES);
  const read = readSync(file, buffer, 0, bytes, start);
  return read === 0 ? null : InputFormat.probe(buffer.fill(0, read).subarray(0, read));
}

function hasSignature({ name }: InputFormat): boolean {
  return name !== null && isAcceptedContainer(name) && !isGuessedFormat(name);
}

/** Layout of the tag: https://id3.org/id3v2.4.0-structure section 3.1; a size has seven bits a byte. */
function endOfId3Tags(file: number): number {
  const header = Buffer.alloc(ID3_HEADER_BYTES);
  let offset = 0;
  for (let tags = 0; tags < MAX_ID3_TAGS; tags += 1) {
    const read = readSync(file, header, 0, ID3_HEADER_BYTES, offset);
    const sizes = [...header.subarray(6)];
    if (
      read < ID3_HEADER_BYTES ||
      header.toString('latin1', 0, 3) !== 'ID3' ||
      sizes.some((byte) => byte > 127)
    )
      break;
    const footer = header.readUInt8(5) & 0x10 ? ID3_HEADER_BYTES : 0;
    offset += ID3_HEADER_BYTES + sizes.reduce((size, byte) => size * 128 + byte, 0) + footer;
  }
  return offset;
}
