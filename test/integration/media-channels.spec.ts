/** The channels of recordings, mixed and each by itself. What starts a process is taken from the build: run `npm run build` first. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hear } from '../support/built-media.js';
import { tone } from '../support/media-bytes.js';
import { stereoOf, wavHeader } from '../support/wav-file.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'channels-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function fileOf(name: string, content: Buffer): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

function mono(hertz: number, seconds: number): Buffer {
  const samples = tone(hertz, seconds, 16_000);
  return Buffer.concat([wavHeader({ bytes: samples.length }), samples]);
}

describe('the channels of a recording', () => {
  it('come mixed, or each by itself', async () => {
    const file = await fileOf('stereo.wav', stereoOf(mono(300, 3), mono(900, 3)));
    const apart = await hear(file, { channels: 'separate' });
    expect(apart).toMatchObject({ code: null, seconds: 3 });
    expect(apart.channelHertz.map((hertz) => Math.round(hertz / 10))).toEqual([30, 90]);
    expect((await hear(file)).channelHertz).toHaveLength(1);
  });

  it('are one where the recording has one', async () => {
    const heard = await hear(await fileOf('mono.wav', mono(300, 1)), { channels: 'separate' });
    expect(heard).toMatchObject({ code: null, seconds: 1 });
    expect(heard.channelHertz).toHaveLength(1);
  });

  it('count once in the length that is allowed', async () => {
    const file = await fileOf('long.wav', stereoOf(mono(300, 3), mono(900, 3)));
    expect((await hear(file, { channels: 'separate', maxDurationSeconds: 4 })).code).toBeNull();
    expect((await hear(file, { channels: 'separate', maxDurationSeconds: 2 })).code).toBe('audio_too_long');
  });

  it('are refused where there are more than are heard each by itself', async () => {
    const bytes = 9 * 3200;
    const file = await fileOf(
      'surround.wav',
      Buffer.concat([wavHeader({ channels: 9, bytes }), Buffer.alloc(bytes)]),
    );
    expect((await hear(file, { channels: 'separate' })).code).toBe('too_many_channels');
    expect((await hear(file)).code).toBeNull();
  });
});
