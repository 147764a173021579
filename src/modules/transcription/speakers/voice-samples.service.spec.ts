import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { AppConfig } from '../../../platform/config/app-config.js';
import type { MediaProbe } from '../../../platform/media/media-probe.js';
import { SystemClock } from '../../../platform/runtime/clock.js';
import { UuidV7Generator } from '../../../platform/runtime/id-generator.js';
import type { Diarizer, HeardVoice } from '../engine/diarizer.port.js';
import { VoiceSamplesService } from './voice-samples.service.js';

const RULES = { field: 'file', leastSeconds: 2, mostSeconds: 60 };
const HEARD: HeardVoice = { embedding: Float32Array.of(1), seconds: 3, othersSeconds: 0 };
const AGE_MS = 11 * 60_000;
const MINUTE_MS = 60_000;

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'voice-samples-'));
  jest.useFakeTimers({
    doNotFake: ['Date', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'setTimeout'],
  });
});

afterEach(async () => {
  jest.useRealTimers();
  await rm(dataDir, { recursive: true });
});

/** A diarizer that hears nothing until it may. */
function heldDiarizer(): { diarizer: Diarizer; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<HeardVoice>();
  const diarizer = { hearVoice: () => promise } as unknown as Diarizer;
  return {
    diarizer,
    release: () => {
      resolve(HEARD);
    },
  };
}

it('removes what was left behind, and keeps what waits for its turn, however long', async () => {
  const { diarizer, release } = heldDiarizer();
  const probe = { probe: () => Promise.resolve({ durationSeconds: 3 }) } as unknown as MediaProbe;
  const config = { dataDir } as AppConfig;
  const samples = new VoiceSamplesService(diarizer, probe, new UuidV7Generator(), new SystemClock(), config);
  await samples.onModuleInit();
  const folder = join(dataDir, 'voice-samples');
  const { signal } = new AbortController();
  const heard = samples.hear('anna', Readable.from([Buffer.of(1)]), RULES, signal);
  const waiting = await untilOneIn(folder);
  await writeFile(join(folder, 'left'), '');
  const before = new Date(Date.now() - AGE_MS);
  for (const name of [waiting, 'left']) await utimes(join(folder, name), before, before);

  jest.advanceTimersByTime(MINUTE_MS);
  while ((await readdir(folder)).includes('left')) await pause(1);
  expect(await readdir(folder)).toEqual([waiting]);
  release();
  expect(await heard).toEqual([1]);
  expect(await readdir(folder)).toEqual([]);
  samples.onModuleDestroy();
});

async function untilOneIn(folder: string): Promise<string> {
  for (;;) {
    const [name] = await readdir(folder);
    if (name !== undefined) return name;
    await pause(1);
  }
}
