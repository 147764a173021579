/** Files that are made to hurt whoever reads them, and what the service says to each. Small programs: nothing of this lies in the repository. */
import { deflateSync } from 'node:zlib';
import type { ErrorCode } from '../../src/platform/errors/error-codes.js';
import { silence, silentFlac, type SilentFrame } from './flac-file.js';
import { element, idBytes, matroska } from './matroska-file.js';
import { big, join, little, tone } from './media-bytes.js';
import { FILE_TYPE, box, fragment, fragmentIndex, fullBox, mp4, movieHeader, trackBox } from './mp4-file.js';
import { silentOpus } from './ogg-file.js';
import { riff, wavHeader } from './wav-file.js';

export interface HostileFile {
  readonly what: string;
  readonly content: Buffer;
  /** Of the first look; null: accepted. */
  readonly probe: ErrorCode | null;
  /** Of decoding it whole, with a limit of two hours; null: it is heard. */
  readonly decode: ErrorCode | null;
}

const RATE = 16_000;
const HOUR = 3600 * RATE;
const SOUND = { samples: tone(440, 1, RATE), sampleRate: RATE };
const FRAGMENTS = [fragment(SOUND.samples, RATE), fragment(SOUND.samples, 80_000_000)];
/** Blocks are compressed. */
const ZLIB = element(
  0x6d80,
  element(
    0x6240,
    element(0x5031, big(1, 0)),
    element(0x5032, big(1, 1)),
    element(0x5033, big(1, 0)),
    element(0x5034, element(0x4254, big(1, 0))),
  ),
);

const refused = (code: ErrorCode): Pick<HostileFile, 'probe' | 'decode'> => ({ probe: code, decode: code });
const onlyWhole = (code: ErrorCode): Pick<HostileFile, 'probe' | 'decode'> => ({ probe: null, decode: code });
const heard: Pick<HostileFile, 'probe' | 'decode'> = { probe: null, decode: null };

/** Much sound in few bytes, or another length than the header says. */
export function* longFiles(): Generator<HostileFile> {
  const thirtyHours = 30 * HOUR;
  yield {
    what: 'FLAC of 30 hours that claims one second',
    content: silentFlac({ sampleRate: RATE, claimedSamples: RATE }, silence(thirtyHours)),
    ...onlyWhole('audio_too_long'),
  };
  yield {
    what: 'FLAC of 30 hours that claims nothing',
    content: silentFlac({ sampleRate: RATE }, silence(thirtyHours)),
    ...onlyWhole('audio_too_long'),
  };
  yield {
    what: 'FLAC of a second that claims a year',
    content: silentFlac({ sampleRate: RATE, claimedSamples: 2 ** 36 - 1 }, silence(RATE)),
    ...refused('audio_too_long'),
    decode: null,
  };
  yield {
    what: 'Opus of three hours of silence',
    content: silentOpus(3 * 3600),
    ...refused('audio_too_long'),
  };
  yield {
    what: 'MP3 of three hours in the fewest bytes',
    content: repeated(join(big(4, 0xffe318c0), Buffer.alloc(68)), 150_000),
    ...refused('audio_too_long'),
  };
  yield {
    what: 'Matroska whose blocks are 1000 times smaller than their samples',
    content: matroska({
      tracks: [{ samples: Buffer.alloc(2 * 3 * HOUR), sampleRate: RATE, encode: deflateSync, more: ZLIB }],
      blockSeconds: 100,
    }),
    ...onlyWhole('audio_too_long'),
  };
  yield {
    what: 'Matroska of a second that claims 37 hours',
    content: matroska({ tracks: [SOUND], durationMs: 37 * 3600 * 1000 }),
    ...heard,
  };
  yield {
    what: 'MP4 of a second that claims 37 hours',
    content: mp4([{ ...SOUND, duration: 0x7fffffff }]),
    ...heard,
  };
}

/** What would take more memory than there is. */
export function* bigFiles(): Generator<HostileFile> {
  const second = Buffer.alloc(2 * RATE);
  const wavs = [
    ['65,535 channels', { channels: 65_535 }],
    ['65 channels', { channels: 65 }],
    ['no channel', { channels: 0 }],
    ['one sample a second', { sampleRate: 1 }],
    ['4,294,967,295 samples a second', { sampleRate: 2 ** 32 - 1 }],
    ['64 channels of 768,000 samples a second', { channels: 64, sampleRate: 768_000 }],
  ] as const;
  for (const [what, claims] of wavs) {
    const content = join(wavHeader({ bytes: second.length, ...claims }), second);
    yield { what: `WAV with ${what}`, content, ...refused('corrupt_media') };
  }
  yield {
    what: 'FLAC that turns to ten samples a second on the way',
    content: silentFlac({ sampleRate: RATE }, [{ samples: 4096 }, { samples: 65_535, tensOfHertz: 1 }]),
    ...heard,
  };
  yield {
    what: 'MP4 with a table of 4 billion samples for a second of sound',
    content: mp4([{ ...SOUND, sizes: fullBox('stsz', 0, big(4, 2, 2 ** 32 - 1)) }]),
    ...heard,
  };
  yield {
    what: 'MP4 with a fragment of 80 million samples behind one of a second',
    content: join(fragmentedStart(), ...FRAGMENTS),
    ...refused('corrupt_media'),
  };
  yield {
    what: 'MP4 that has such a fragment where the first look does not go',
    content: lateMemoryBomb(),
    ...onlyWhole('corrupt_media'),
  };
  yield {
    what: 'Matroska with an attachment of 64 MB',
    content: matroska({ tracks: [SOUND], attachments: attachment(Buffer.alloc(2 ** 26), 2 ** 26) }),
    ...heard,
  };
  yield {
    what: 'Matroska with an attachment that claims 200 MB',
    content: matroska({ tracks: [SOUND], attachments: attachment(Buffer.alloc(1000), 200 * 2 ** 20) }),
    ...heard,
  };
  yield {
    what: 'MP3 with a picture that claims 256 MB',
    content: join(
      'ID3',
      big(1, 3, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f),
      'APIC',
      big(4, 0x0fffff00),
      Buffer.alloc(2000, 1),
    ),
    ...refused('unsupported_media'),
  };
  yield {
    what: 'WavPack block that claims a million samples of nothing',
    content: repeated(
      join('wvpk', little(4, 24), little(2, 0x410), big(2, 0), little(4, 1e9, 0, 1e6, 0x1804, 0)),
      100,
    ),
    ...refused('corrupt_media'),
  };
  yield {
    what: 'MP4 with 10,000 tracks',
    content: mp4(Array.from({ length: 10_000 }, () => ({ samples: Buffer.alloc(2), sampleRate: RATE }))),
    ...refused('too_many_tracks'),
  };
  yield {
    what: 'MP4 with 65 audio tracks',
    content: mp4(Array.from({ length: 65 }, () => SOUND)),
    ...refused('too_many_tracks'),
  };
}

/** What leads around in circles, or down without end. */
export function* twistedFiles(): Generator<HostileFile> {
  const nested = (type: string): Buffer => {
    const depth = 10_000;
    const heads = Array.from({ length: depth }, (_, level) => join(big(4, 8 * (depth - level)), type));
    return join(...heads);
  };
  for (const type of ['moov', 'trak', 'mdia', 'udta', 'meta']) {
    yield {
      what: `MP4 with 10,000 boxes "${type}" within each other`,
      content: join(FILE_TYPE, nested(type)),
      ...refused('corrupt_media'),
    };
  }
  yield {
    what: 'MP4 with a million empty boxes',
    content: join(FILE_TYPE, repeated(box('free'), 1_000_000), mp4([SOUND])),
    ...heard,
  };
  yield {
    what: 'MP4 with a box of size zero in its header',
    content: join(FILE_TYPE, box('moov', big(4, 0), 'trak', big(4, 0), 'trak')),
    ...refused('no_audio'),
  };
  yield {
    what: 'MP4 with a box of size one and no more',
    content: join(FILE_TYPE, big(4, 1), 'moov', big(8, 0)),
    ...refused('corrupt_media'),
  };
  yield {
    what: 'MP4 with a box of nearly 2^64 bytes',
    content: join(FILE_TYPE, big(4, 1), 'moov', big(8, -1)),
    ...refused('corrupt_media'),
  };
  yield {
    what: 'Matroska with 10,000 elements within each other',
    content: join(
      element(0x1a45dfa3, element(0x4282, 'matroska')),
      ...Array.from({ length: 10_000 }, () => join(idBytes(0x1654ae6b), big(1, 1), Buffer.alloc(7, 0xff))),
    ),
    ...refused('corrupt_media'),
  };
  yield {
    what: 'WAV whose chunks are all empty',
    content: riff(...Array.from({ length: 100_000 }, () => ['junk', '', 0] as const)),
    ...refused('corrupt_media'),
  };
  yield {
    what: 'WAV with a chunk of minus one bytes',
    content: join('RIFF', big(4, -1), 'WAVE', 'LIST', big(4, -1), Buffer.alloc(1000)),
    ...refused('corrupt_media'),
  };
}

/** Takes its time: the rate changes with every frame, and with it the filter of the resampler. */
export function slowFile(): Buffer {
  function* frames(): Generator<SilentFrame> {
    for (let index = 0; index < 100_000; index += 1) {
      yield { samples: 16, tensOfHertz: index % 2 === 0 ? 4411 : 65_535 };
    }
  }
  return silentFlac({ sampleRate: 44_100 }, frames());
}

function attachment(content: Buffer, claimedBytes: number): Buffer {
  const data = join(idBytes(0x465c), big(4, 0x10000000 + claimedBytes), content);
  return element(
    0x1941a469,
    element(0x61a7, element(0x466e, 'a.ttf'), element(0x4660, 'font/ttf'), element(0x46ae, big(1, 1)), data),
  );
}

/** A second of sound, and then a piece whose table wants gigabytes. */
export function lateMemoryBomb(): Buffer {
  return join(fragmentedStart(), fragmentIndex(FRAGMENTS, RATE), ...FRAGMENTS);
}

function fragmentedStart(): Buffer {
  const track = trackBox({ samples: Buffer.alloc(0), sampleRate: RATE }, 1, 0);
  return join(
    FILE_TYPE,
    box('moov', movieHeader(), track, box('mvex', fullBox('trex', 0, big(4, 1, 1, 1, 2, 0)))),
  );
}

function repeated(part: Buffer, times: number): Buffer {
  return Buffer.concat(new Array<Buffer>(times).fill(part));
}
