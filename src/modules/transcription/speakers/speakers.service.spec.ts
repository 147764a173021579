import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { register } from 'prom-client';
import type { AppConfig } from '../../../platform/config/app-config.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { SystemClock } from '../../../platform/runtime/clock.js';
import {
  DiarizerLostError,
  type Diarizer,
  type HeardSpeakers,
  type ListeningStep,
} from '../engine/diarizer.port.js';
import { DIARIZATION_OUTCOMES, DiarizationMetrics } from './diarization.metrics.js';
import { type SpeakersOrder, SpeakersService } from './speakers.service.js';

const CONFIG = { worker: { diarizationLimitPercent: 50 }, uploads: { maxAudioSeconds: 100 } } as AppConfig;
const ORDER: SpeakersOrder = {
  path: 'recording',
  track: null,
  channels: [],
  hints: { exactly: null, least: null, most: null },
  durationSeconds: 600,
  resume: null,
  voices: [],
  voicesGone: null,
};
const HEARD: HeardSpeakers = { duration: 600, turns: [{ speaker: 0, start: 0, end: 600 }], speakers: [] };

type Run = Diarizer['listen'];

/** A diarizer that does one of these for each time that it is asked. */
function diarizerOf(...runs: Run[]): Diarizer {
  return {
    listen: (input, signal) => {
      const run = runs.shift();
      if (run === undefined) throw new Error('It was not to be asked again');
      return run(input, signal);
    },
    hearVoice: () => Promise.resolve({ embedding: null, seconds: 0, othersSeconds: 0 }),
  };
}

const stepAt = (position: number): ListeningStep => ({
  position,
  state: { version: 1, position, blocks: [] },
});

const lostAfter = (position: number): Run =>
  async function* () {
    yield await Promise.resolve(stepAt(position));
    throw new DiarizerLostError('was ended by SIGKILL');
  };

const never: Run = (_, signal) => {
  const ended = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
  return (async function* () {
    yield stepAt(1);
    return ended;
  })();
};

const tell = (
  diarizer: Diarizer,
  signal = new AbortController().signal,
): ReturnType<SpeakersService['tell']> =>
  new SpeakersService(diarizer, CONFIG, new SystemClock(), metrics).tell(ORDER, signal, () =>
    Promise.resolve(),
  );

/** Completed, failed, timeout. */
async function outcomes(): Promise<number[]> {
  const text = await register.metrics();
  return DIARIZATION_OUTCOMES.map((outcome) =>
    Number(new RegExp(`_duration_seconds_count\\{outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1]),
  );
}

let metrics: DiarizationMetrics;
beforeEach(() => {
  metrics = new DiarizationMetrics();
  jest.useFakeTimers();
});
afterEach(() => {
  register.clear();
  jest.useRealTimers();
});

it('goes on from where a diarizer was lost', async () => {
  let resumed: unknown;
  const second: Run = (input) => {
    resumed = input.resume;
    return (async function* () {
      yield await Promise.resolve(stepAt(600));
      return HEARD;
    })();
  };
  const found = await tell(diarizerOf(lostAfter(30), second));
  expect(found.diarization).toEqual({ state: 'completed', speakers: 0 });
  expect(resumed).toMatchObject({ position: 30 });
  expect(await outcomes()).toEqual([1, 0, 0]);
});

it('gives up a recording that a diarizer is lost in twice, and says so', async () => {
  const { heard, diarization } = await tell(diarizerOf(lostAfter(30), lostAfter(40)));
  expect(heard).toEqual([]);
  expect(diarization).toMatchObject({ state: 'failed', error: { code: 'diarization_failed' } });
  expect(await outcomes()).toEqual([0, 1, 0]);
});

it('tells what is wrong with the recording', async () => {
  const broken: Run = () => {
    throw new AppError('corrupt_media', 'The file is damaged.');
  };
  const { diarization } = await tell(diarizerOf(broken));
  expect(diarization).toMatchObject({ error: { detail: expect.stringContaining('The file is damaged.') } });
});

it('gives up when its time is spent, which is a part of the length of the recording', async () => {
  const told = tell(diarizerOf(never));
  let ended = false;
  void told.then(() => (ended = true));
  await jest.advanceTimersByTimeAsync(299_000);
  expect(ended).toBe(false);
  await jest.advanceTimersByTimeAsync(2000);
  expect((await told).diarization).toEqual({
    state: 'failed',
    error: { code: 'diarization_timeout', detail: expect.stringContaining('300 s') },
  });
  expect(await outcomes()).toEqual([0, 0, 1]);
});

it('ends with the job, for its reason', async () => {
  const job = new AbortController();
  const told = tell(diarizerOf(never), job.signal);
  await jest.advanceTimersByTimeAsync(10);
  const reason = new Error('cancelled');
  job.abort(reason);
  await expect(told).rejects.toBe(reason);
  expect(await outcomes()).toEqual([0, 0, 0]);
});
