/** Spans of telling speakers apart, as a collector gets them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DiarizerLostError,
  type Diarizer,
  type HeardSpeakers,
  type ListeningStep,
} from '../../src/modules/transcription/engine/diarizer.port.js';
import { DiarizationMetrics } from '../../src/modules/transcription/speakers/diarization.metrics.js';
import {
  SpeakersService,
  type SpeakersOrder,
} from '../../src/modules/transcription/speakers/speakers.service.js';
import type { AppConfig } from '../../src/platform/config/app-config.js';
import { Clock } from '../../src/platform/runtime/clock.js';
import type { CollectedSpan } from '../support/trace-collector.js';
import { spansBelow, spansNamed, TracedWork } from '../support/traced-work.js';

const metrics = new DiarizationMetrics();
const CONFIG = { worker: { diarizationLimitPercent: 50 }, uploads: { maxAudioSeconds: 100 } } as AppConfig;
const ORDER: SpeakersOrder = {
  path: 'recording',
  track: null,
  channels: [],
  hints: { exactly: null, least: null, most: null },
  durationSeconds: 60,
  resume: null,
  voices: [],
  voicesGone: null,
};
const HEARD: HeardSpeakers = { duration: 60, turns: [], speakers: [] };

/** Time that goes by when it is told to. */
class HeldClock extends Clock {
  private ms = Date.UTC(2026, 0, 1);

  override now(): Date {
    return new Date(this.ms);
  }

  pass(seconds: number): void {
    this.ms += seconds * 1000;
  }
}

const stepAt = (position: number): ListeningStep => ({
  position,
  state: { version: 1, position, blocks: [] },
});

/** One that takes 3 s for each of two steps and 2 s for the answer, and is lost the first so many times. */
function slowDiarizer(clock: HeldClock, losses: number): Diarizer {
  let left = losses;
  return {
    async *listen() {
      for (const position of [30, 60]) {
        clock.pass(3);
        yield await Promise.resolve(stepAt(position));
      }
      left -= 1;
      if (left >= 0) throw new DiarizerLostError('was ended by SIGKILL');
      clock.pass(2);
      return HEARD;
    },
    hearVoice: () => Promise.resolve({ embedding: null, seconds: 0, othersSeconds: 0 }),
  };
}

let traced: TracedWork;

beforeAll(async () => {
  traced = await TracedWork.open();
});

afterAll(() => traced.close());

function tell(losses: number): Promise<CollectedSpan[]> {
  const clock = new HeldClock();
  const speakers = new SpeakersService(slowDiarizer(clock, losses), CONFIG, clock, metrics);
  return traced.spansOf(() => speakers.tell(ORDER, new AbortController().signal, () => Promise.resolve()));
}

const secondsOf = ({ startTimeUnixNano, endTimeUnixNano }: CollectedSpan): number =>
  Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e9;

describe('a diarizer', () => {
  it('listens until its last step, and concludes until its answer', async () => {
    const spans = await tell(0);
    const [run] = spansNamed(spans, 'diarizer run');

    expect(spansBelow(spans, spansNamed(spans, 'diarize')[0])).toEqual([run]);
    expect(spansBelow(spans, run).map((span) => [span.name, secondsOf(span)])).toEqual([
      ['diarizer listen', 6],
      ['diarizer conclude', 2],
    ]);
  });

  it('that is lost is a span that failed, beside that of the one after it', async () => {
    const spans = await tell(1);
    const [lost, next] = spansNamed(spans, 'diarizer run');

    expect(lost?.attributes).toEqual([{ key: 'error.type', value: { stringValue: 'DiarizerLostError' } }]);
    expect(spansBelow(spans, lost)).toEqual([]);
    expect(spansBelow(spans, next)).toHaveLength(2);
    expect(spansBelow(spans, spansNamed(spans, 'diarize')[0])).toEqual([lost, next]);
  });
});
