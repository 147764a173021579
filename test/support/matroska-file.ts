import { type Part, big, join } from './media-bytes.js';

/** A number of the element with its length in four bytes. */
export function element(id: number, ...content: readonly Part[]): Buffer {
  const body = join(...content);
  return join(idBytes(id), big(4, 0x10000000 + body.length), body);
}

export function idBytes(id: number): Buffer {
  return big(Math.ceil(id.toString(16).length / 2), id);
}

export interface MatroskaTrack {
  /** 16 bit mono, little-endian. */
  readonly samples: Buffer;
  readonly sampleRate: number;
  readonly language?: string;
  readonly title?: string;
  readonly isDefault?: boolean;
  readonly codec?: string;
  /** More elements of its entry. */
  readonly more?: Buffer;
  /** What is stored for a block of samples. */
  readonly encode?: (samples: Buffer) => Buffer;
}

const float = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
};

export interface MatroskaParts {
  readonly tracks: readonly MatroskaTrack[];
  readonly durationMs?: number;
  /** More elements of the description of the segment. */
  readonly info?: Buffer;
  /** Elements in front of the sound. */
  readonly attachments?: Buffer;
  readonly blockSeconds?: number;
}

/** A Matroska file with tracks of uncompressed sound. */
export function matroska({ tracks, durationMs, info, attachments, blockSeconds = 1 }: MatroskaParts): Buffer {
  const header = element(
    0x1a45dfa3,
    element(0x4282, 'matroska'),
    element(0x4287, big(1, 4)),
    element(0x4285, big(1, 2)),
  );
  const segment = element(
    0x18538067,
    element(
      0x1549a966,
      element(0x2ad7b1, big(4, 1_000_000)),
      element(0x4d80, 'test'),
      element(0x5741, 'test'),
      durationMs === undefined ? '' : element(0x4489, float(durationMs)),
      info ?? '',
    ),
    element(0x1654ae6b, ...tracks.map(trackEntry)),
    attachments ?? '',
    ...clusters(tracks, blockSeconds),
  );
  return join(header, segment);
}

function trackEntry(track: MatroskaTrack, index: number): Buffer {
  return element(
    0xae,
    element(0xd7, big(1, index + 1)),
    element(0x73c5, big(1, index + 1)),
    element(0x83, big(1, 2)),
    element(0x88, big(1, track.isDefault === true ? 1 : 0)),
    element(0x22b59c, track.language ?? 'und'),
    track.title === undefined ? '' : element(0x536e, Buffer.from(track.title)),
    element(0x86, track.codec ?? 'A_PCM/INT/LIT'),
    track.more ?? '',
    element(
      0xe1,
      element(0xb5, float(track.sampleRate)),
      element(0x9f, big(1, 1)),
      element(0x6264, big(1, 16)),
    ),
  );
}

function clusters(tracks: readonly MatroskaTrack[], seconds: number): Buffer[] {
  const found: Buffer[] = [];
  for (let start = 0; ; start += seconds) {
    const blocks = tracks.flatMap(({ samples, sampleRate, encode = same }, index) => {
      const bytes = samples.subarray(2 * start * sampleRate, 2 * (start + seconds) * sampleRate);
      return bytes.length === 0
        ? []
        : [element(0xa3, big(1, 0x81 + index), big(2, 0), big(1, 0x80), encode(bytes))];
    });
    if (blocks.length === 0) return found;
    found.push(element(0x1f43b675, element(0xe7, big(4, start * 1000)), ...blocks));
  }
}

const same = (samples: Buffer): Buffer => samples;
