import { type Part, big, join } from './media-bytes.js';

export const box = (type: string, ...content: readonly Part[]): Buffer => {
  const body = join(...content);
  return join(big(4, body.length + 8), type, body);
};

export const fullBox = (type: string, flags: number, ...content: readonly Part[]): Buffer =>
  box(type, big(4, flags), ...content);

/** This file is meant. */
const SELF = fullBox('url ', 1);
const UNITY = big(4, 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const SAMPLES_IN_CHUNK = 1000;

export const FILE_TYPE = box('ftyp', 'qt  ', big(4, 0), 'qt  ');

export interface Mp4Track {
  /** 16 bit mono, little-endian. */
  readonly samples: Buffer;
  readonly sampleRate: number;
  readonly channels?: number;
  /** Where the samples lie, as an entry of the table of data references. */
  readonly dataReference?: Buffer;
  /** In place of the table that counts the samples and their sizes. */
  readonly sizes?: Buffer;
  /** What the header says, in samples. */
  readonly duration?: number;
}

/** A QuickTime file with tracks of uncompressed sound. */
export function mp4(tracks: readonly Mp4Track[], ...more: readonly Buffer[]): Buffer {
  const data = box('mdat', ...tracks.map(({ samples }) => samples));
  let offset = FILE_TYPE.length + 8;
  const traks = tracks.map((track, index) => {
    const trak = trackBox(track, index + 1, offset);
    offset += track.samples.length;
    return trak;
  });
  return join(FILE_TYPE, data, box('moov', movieHeader(), ...traks, ...more));
}

export function movieHeader(): Buffer {
  return fullBox(
    'mvhd',
    0,
    big(4, 0, 0, 1000, 1000, 0x10000),
    big(2, 0x100),
    Buffer.alloc(10),
    UNITY,
    Buffer.alloc(24),
    big(4, 99),
  );
}

export function trackBox(track: Mp4Track, id: number, offset: number): Buffer {
  const count = Math.floor(track.samples.length / 2);
  const { sampleRate, duration = count } = track;
  const header = fullBox(
    'tkhd',
    7,
    big(4, 0, 0, id, 0, 1000, 0, 0),
    big(2, 0, 0, 0x100, 0),
    UNITY,
    big(4, 0, 0),
  );
  const media = box(
    'mdia',
    fullBox('mdhd', 0, big(4, 0, 0, sampleRate, duration), big(2, 0x55c4, 0)),
    fullBox('hdlr', 0, 'mhlrsoun', Buffer.alloc(13)),
    box('minf', fullBox('smhd', 0, big(4, 0)), dataReferences(track), sampleTable(track, count, offset)),
  );
  return box('trak', header, media);
}

function dataReferences({ dataReference = SELF }: Mp4Track): Buffer {
  return box('dinf', fullBox('dref', 0, big(4, 1), dataReference));
}

function sampleTable({ sampleRate, channels = 1, sizes }: Mp4Track, count: number, offset: number): Buffer {
  const starts: number[] = [];
  for (let at = 0; at < count; at += SAMPLES_IN_CHUNK) starts.push(offset + at * 2);
  const entry = box(
    'sowt',
    Buffer.alloc(6),
    big(2, 1, 0, 0, 0, 0, channels, 16, 0, 0),
    big(4, sampleRate * 0x10000),
  );
  return box(
    'stbl',
    fullBox('stsd', 0, big(4, 1), entry),
    fullBox('stts', 0, count === 0 ? big(4, 0) : big(4, 1, count, 1)),
    // A file whose sound comes in fragments has empty tables here.
    fullBox('stsc', 0, count === 0 ? big(4, 0) : big(4, 1, 1, SAMPLES_IN_CHUNK, 1)),
    sizes ?? fullBox('stsz', 0, big(4, 2, count)),
    fullBox('stco', 0, big(4, starts.length, ...starts)),
  );
}

/** A piece of track 1 that says how many samples of two bytes it has. */
export function fragment(samples: Buffer, claimedSamples: number): Buffer {
  const header = (offset: number): Buffer =>
    box(
      'moof',
      fullBox('mfhd', 0, big(4, 1)),
      box('traf', fullBox('tfhd', 0x20000, big(4, 1)), fullBox('trun', 1, big(4, claimedSamples, offset))),
    );
  return join(header(header(0).length + 8), box('mdat', samples));
}

/** Where the fragments behind it begin, so that a reader need not look for them. */
export function fragmentIndex(fragments: readonly Buffer[], sampleRate: number): Buffer {
  const entries = fragments.map(({ length }) => big(4, length, sampleRate, 0x90000000));
  return fullBox('sidx', 0, big(4, 1, sampleRate, 0, 0), big(2, 0, entries.length), ...entries);
}
