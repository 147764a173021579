/**
 * The decoder on real files. It is native code, so nothing of it runs in the test runner: `openPcm` runs from the sources in
 * processes of its own (test/support/pcm-report.ts), and whatever starts a process itself is taken from the build.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hear, openProbe } from '../support/built-media.js';
import { matroska } from '../support/matroska-file.js';
import { tone } from '../support/media-bytes.js';
import { mp4 } from '../support/mp4-file.js';
import type { PcmReport } from '../support/pcm-report.js';
import { wavHeader } from '../support/wav-file.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const AUDIO = path.join(ROOT, 'test/fixtures/audio');
const SENTENCE_SECONDS = 5.3;
const TEST_LIMIT_MS = 60_000;
const run = promisify(execFile);

async function decode(file: string, ...rest: string[]): Promise<PcmReport> {
  const script = ['--import', './test/support/run-sources.mjs', 'test/support/pcm-report.ts'];
  const { stdout, stderr } = await run(process.execPath, [...script, file, ...rest], { cwd: ROOT });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as PcmReport;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'media-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function fileOf(name: string, content: Buffer | string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

/** The same ADTS stream with headers that say 32 kHz instead of 16, so that the decoder sets itself up anew. */
function atDoubleRate(adts: Buffer): Buffer {
  const changed = Buffer.from(adts);
  for (let at = 0; at + 7 < changed.length;) {
    const length = (changed.readUInt32BE(at + 2) >> 5) & 0x1fff || changed.length;
    changed.writeUInt8((changed.readUInt8(at + 2) & 0b1100_0011) | (5 << 2), at + 2);
    at += length;
  }
  return changed;
}

const FORMATS: [file: string, container: string, codec: string, hasVideo: boolean][] = [
  ['sentence.wav', 'wav', 'pcm_s16le', false],
  ['sentence.24bit.wav', 'wav', 'pcm_s24le', false],
  ['sentence.float.wav', 'wav', 'pcm_f32le', false],
  ['sentence.mp3', 'mp3', 'mp3', false],
  ['sentence.m4a', 'mov', 'aac', false],
  ['sentence.aac', 'aac', 'aac', false],
  ['sentence.flac', 'flac', 'flac', false],
  ["Sätze 日本 (1) & 'q'; x.flac", 'flac', 'flac', false],
  ['sentence.opus.ogg', 'ogg', 'opus', false],
  ['sentence.vorbis.ogg', 'ogg', 'vorbis', false],
  ['sentence.webm', 'matroska', 'opus', false],
  ['sentence_video.webm', 'matroska', 'opus', true],
  ['sentence.mka', 'matroska', 'flac', false],
  ['sentence.aiff', 'aiff', 'pcm_s16be', false],
  ['sentence.caf', 'caf', 'pcm_s16le', false],
  ['sentence.wma', 'asf', 'wmav2', false],
  ['sentence.mp4', 'mov', 'aac', true],
  ['sentence_moov_at_end.mp4', 'mov', 'aac', true],
  ['sentence_mp3_named.wav', 'mp3', 'mp3', false],
  ['sentence_vbr_cover.mp3', 'mp3', 'mp3', false],
];

const REFUSED: [file: string, code: string][] = [
  ['concat_named.wav', 'unsupported_media'],
  ['playlist_named.mp3', 'unsupported_media'],
  ['html.mp3', 'unsupported_media'],
  ['text.mp3', 'unsupported_media'],
  ['random.flac', 'unsupported_media'],
  ['zip_named.wav', 'unsupported_media'],
  ['empty.mp3', 'empty_file'],
  ['empty.wav', 'empty_file'],
  ['header_only.wav', 'empty_audio'],
  ['header_absurd.wav', 'corrupt_media'],
  ['truncated.m4a', 'corrupt_media'],
  ['image_named.mp3', 'no_audio'],
  ['video_only.mp4', 'no_audio'],
];

describe('openPcm', () => {
  it.each(FORMATS)('decodes %s to its full length, audibly', async (file) => {
    const report = await decode(path.join(AUDIO, 'formats', file));
    expect(report).toMatchObject({ code: null });
    expect(Math.abs(report.seconds - SENTENCE_SECONDS)).toBeLessThan(0.15);
    expect(report.rms).toBeGreaterThan(0.03);
  });

  it.each(REFUSED)('refuses bad/%s with %s and a sentence without a path', async (file, code) => {
    const report = await decode(path.join(AUDIO, 'bad', file));
    expect(report).toMatchObject({ code, blocks: 0 });
    expect(report.detail).toMatch(/^[A-Z].*\.$/);
    expect(report.detail).not.toContain(path.sep);
  });

  it.each([
    ['truncated.mp3', 2.9],
    ['truncated.wav', 2.65],
    ['header_4gb.wav', 1],
  ])('gives the part of bad/%s that is there', async (file, seconds) => {
    const report = await decode(path.join(AUDIO, 'bad', file));
    expect(report.code).toBeNull();
    expect(Math.abs(report.seconds - seconds)).toBeLessThan(0.15);
    expect(report.grewMb).toBeLessThan(200);
  });

  it('does not turn a recording with one inverted channel into silence', async () => {
    const report = await decode(path.join(AUDIO, 'hard/stereo_inverted.flac'));
    expect(report.rms).toBeGreaterThan(0.03);
  });

  it('follows neither a playlist nor a concat script to a real file', async () => {
    const real = path.join(AUDIO, 'formats/sentence.wav');
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9.0,\n${real}\n#EXT-X-ENDLIST\n`;
    const script = `ffconcat version 1.0\nfile '${real}'\n`;
    expect(await decode(await fileOf('list.m3u8', playlist))).toMatchObject({ code: 'unsupported_media' });
    expect(await decode(await fileOf('script.ffconcat', script))).toMatchObject({
      code: 'unsupported_media',
    });
  });

  it('skips a damaged piece in the middle and keeps the times of what follows', async () => {
    const content = await readFile(path.join(AUDIO, 'formats/sentence.m4a'));
    content.fill(0xff, 20_000, 24_000);
    const report = await decode(await fileOf('damaged.m4a', content));
    expect(report.code).toBeNull();
    expect(Math.abs(report.seconds - SENTENCE_SECONDS)).toBeLessThan(0.15);
    expect(report.rms).toBeGreaterThan(0.03);
  });

  it('goes on when the sample rate changes within the stream', async () => {
    const first = await readFile(path.join(AUDIO, 'formats/sentence.aac'));
    const report = await decode(await fileOf('joined.aac', Buffer.concat([first, atDoubleRate(first)])));
    expect(report.code).toBeNull();
    // Most of the relabelled frames are damaged by the change; the few that decode come at the other rate.
    expect(report.seconds).toBeGreaterThan(SENTENCE_SECONDS + 0.25);
  });

  it('recognises an MP3 behind a cover picture that is larger than the first look', async () => {
    const tag = Buffer.alloc(3_000_010);
    tag.write('ID3\u0004', 0, 'latin1');
    [21, 14, 7, 0].forEach((shift, index) => tag.writeUInt8((3_000_000 >> shift) & 0x7f, 6 + index));
    const music = await readFile(path.join(AUDIO, 'formats/sentence.mp3'));
    const report = await decode(await fileOf('cover.mp3', Buffer.concat([tag, music])));
    expect(Math.abs(report.seconds - SENTENCE_SECONDS)).toBeLessThan(0.15);
  });

  it(
    'streams three hours in bounded memory and lets the event loop run meanwhile',
    async () => {
      const bytes = 3 * 3600 * 32_000;
      const file = await fileOf('long.wav', wavHeader({ bytes }));
      const handle = await open(file, 'r+');
      await handle.truncate(44 + bytes);
      await handle.close();
      const report = await decode(file);
      expect(report.seconds).toBe(3 * 3600);
      expect(report.longestBlockSeconds).toBeLessThan(1.5);
      expect(report.turns).toBeGreaterThan(report.blocks / 2);
      expect(report.grewMb).toBeLessThan(200);
    },
    TEST_LIMIT_MS,
  );

  it('stops at the length limit where the header did not tell', async () => {
    const report = await decode(path.join(AUDIO, 'bad/long_10h.flac'), '60');
    expect(report).toMatchObject({ code: 'audio_too_long' });
    expect(report.seconds).toBeLessThanOrEqual(60);
  });
});

describe('MediaProbe', () => {
  it.each(FORMATS)('describes %s by its content', async (file, container, codec, hasVideo) => {
    const probe = await openProbe();
    const info = await probe(path.join(AUDIO, 'formats', file));
    expect(info).toMatchObject({ container, codec, hasVideo });
    expect(Math.abs((info.durationSeconds ?? 0) - SENTENCE_SECONDS)).toBeLessThan(0.15);
    expect(info.channels).toBeGreaterThan(0);
    expect(info.sampleRate).toBeGreaterThanOrEqual(8000);
  });

  it.each(REFUSED)('refuses bad/%s with %s', async (file, code) => {
    const probe = await openProbe();
    await expect(probe(path.join(AUDIO, 'bad', file))).rejects.toMatchObject({ code });
  });

  it('reports what is really there where a WAV header lies about its length', async () => {
    const probe = await openProbe();
    expect((await probe(path.join(AUDIO, 'bad/header_4gb.wav'))).durationSeconds).toBeCloseTo(1, 1);
    expect((await probe(path.join(AUDIO, 'bad/truncated.wav'))).durationSeconds).toBeCloseTo(2.65, 1);
  });

  it('turns a recording away that is longer than the limit, by its length and not by its bytes', async () => {
    const long = path.join(AUDIO, 'bad/long_10h.flac');
    const limited = await openProbe({ maxDurationSeconds: 7200 });
    await expect(limited(long)).rejects.toMatchObject({ code: 'audio_too_long' });
    expect((await (await openProbe())(long)).durationSeconds).toBe(36_000);
  });

  it('kills its child when the time is up', async () => {
    const probe = await openProbe({ timeoutMs: 1 });
    await expect(probe(path.join(AUDIO, 'formats/sentence.wav'))).rejects.toMatchObject({
      code: 'corrupt_media',
    });
  });

  it('throws the reason when it is aborted, also while it waits for its turn', async () => {
    const probe = await openProbe();
    const controller = new AbortController();
    const file = path.join(AUDIO, 'formats/sentence.wav');
    const probes = Array.from({ length: 4 }, () => probe(file, controller.signal));
    const reason = new Error('given up');
    controller.abort(reason);
    const outcomes = await Promise.allSettled(probes);
    expect(outcomes).toEqual(outcomes.map(() => ({ status: 'rejected', reason })));
    expect((await probe(file)).codec).toBe('pcm_s16le');
  });

  it('answers many calls at once', async () => {
    const probe = await openProbe();
    const infos = await Promise.all(
      FORMATS.slice(0, 8).map(([file]) => probe(path.join(AUDIO, 'formats', file))),
    );
    expect(infos.map((info) => info.codec)).toEqual(FORMATS.slice(0, 8).map(([, , codec]) => codec));
  });
});

describe('audio tracks', () => {
  const low = { samples: tone(300, 2, 16_000), sampleRate: 16_000 };
  const high = { samples: tone(900, 3, 16_000), sampleRate: 16_000 };
  const GERMAN = { ...low, language: 'ger', title: 'Gespräch' };
  const FRENCH = { ...high, language: 'fre', isDefault: true };

  it('are all told, with what the file says of each', async () => {
    const probe = await openProbe();
    const file = await fileOf('tracks.mka', matroska({ tracks: [GERMAN, FRENCH] }));
    const { tracks } = await probe(file);
    const same = { codec: 'pcm_s16le', isReadable: true, channels: 1, sampleRate: 16_000 };
    const durationSeconds: unknown = expect.any(Number);
    expect(tracks).toEqual([
      { ...same, index: 0, isDefault: false, language: 'ger', title: 'Gespräch', durationSeconds },
      { ...same, index: 1, isDefault: true, language: 'fre', title: null, durationSeconds },
    ]);
  });

  it.each([
    ['the default one where nobody chooses', [GERMAN, FRENCH], undefined, 900],
    ['the first where none is the default', [GERMAN, { ...FRENCH, isDefault: false }], undefined, 300],
    ['the first', [GERMAN, FRENCH], 0, 300],
    ['the second', [GERMAN, FRENCH], 1, 900],
    [
      'one that can be read, before a default one that cannot',
      [GERMAN, { ...FRENCH, codec: 'A_QUICKTIME/XXXX' }],
      undefined,
      300,
    ],
  ])('are chosen from: %s', async (_which, tracks, track, hertz) => {
    const heard = await hear(
      await fileOf('choice.mka', matroska({ tracks })),
      track === undefined ? {} : { track },
    );
    expect(heard).toMatchObject({ code: null });
    expect(Math.abs(heard.hertz - hertz)).toBeLessThan(10);
  });

  it('are of their own lengths', async () => {
    const file = await fileOf('lengths.mov', mp4([low, high]));
    const { tracks } = await (await openProbe())(file);
    expect(tracks.map(({ durationSeconds }) => durationSeconds)).toEqual([2, 3]);
    expect(await hear(file, { track: 1 })).toMatchObject({ code: null, seconds: 3 });
  });

  it('are counted in the answer to who asks for one that is not there', async () => {
    const two = await fileOf('two.mov', mp4([low, high]));
    expect(await hear(two, { track: 2 })).toMatchObject({
      code: 'track_unknown',
      detail: 'The file has 2 audio tracks, numbered from 0 to 1.',
    });
    expect(await hear(path.join(AUDIO, 'formats/sentence.mp4'), { track: 1 })).toMatchObject({
      code: 'track_unknown',
      detail: 'The file has one audio track only, number 0.',
    });
  });
});

describe('IsolatedPcm', () => {
  it.each(['sentence.m4a', 'sentence_video.webm', 'sentence_vbr_cover.mp3'])(
    'gives the same samples of %s as openPcm',
    async (file) => {
      const direct = await decode(path.join(AUDIO, 'formats', file));
      const isolated = await hear(path.join(AUDIO, 'formats', file));
      expect(isolated).toMatchObject({ code: null, seconds: direct.seconds });
    },
  );

  it('ends with the reason of its signal', async () => {
    const bytes = 3 * 3600 * 32_000;
    const file = await fileOf('ended.wav', wavHeader({ bytes }));
    const handle = await open(file, 'r+');
    await handle.truncate(44 + bytes);
    await handle.close();
    const controller = new AbortController();
    const reason = new Error('enough');
    setImmediate(() => {
      controller.abort(reason);
    });
    await expect(hear(file, { signal: controller.signal })).rejects.toBe(reason);
  });
});
