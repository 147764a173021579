/** Spans of the engine's work, as a collector gets them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  StageSpan,
  TranscriptionEvent,
} from '../../src/modules/transcription/engine/transcriber.port.js';
import { EngineStages } from '../../src/modules/transcription/worker/engine-stages.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { inSpan, isTraced } from '../../src/platform/tracing/spans.js';
import type { CollectedSpan } from '../support/trace-collector.js';
import { spansBelow, spansNamed, TracedWork } from '../support/traced-work.js';

const BEGUN = Date.UTC(2026, 0, 1);
const PIECE_MS = 1000;

const LOST = new Error('The engine is lost');

let traced: TracedWork;

beforeAll(async () => {
  traced = await TracedWork.open();
});

afterAll(() => traced.close());

/** Two stages, one after the other. */
function stagesOf(piece: number): StageSpan[] {
  const at = BEGUN + piece * PIECE_MS;
  const half = at + PIECE_MS / 2;
  return [
    { stage: 'encode', from: at, to: half, busy: 250 },
    { stage: 'decode', from: half, to: at + PIECE_MS, busy: 500 },
  ];
}

interface Kind {
  readonly isLost?: boolean;
  readonly measures?: boolean;
}

/** What an engine says that finds so many pieces of text. */
async function* engineWith(
  pieces: number,
  { isLost = false, measures = true }: Kind = {},
): AsyncGenerator<TranscriptionEvent> {
  yield await Promise.resolve({ type: 'started' });
  for (let piece = 0; piece < pieces; piece += 1) {
    yield {
      type: 'chunk',
      segments: [{ start: piece, end: piece + 1, text: 'A word.' }] as never,
      position: piece + 1,
      language: 'en',
      engineState: {} as never,
      stages: measures ? stagesOf(piece) : [],
    };
  }
  if (isLost) throw LOST;
  yield { type: 'finished', language: 'en', languageProbability: 1, duration: pieces, stages: [] };
}

/** The spans of one run. */
const spansOf = (events: AsyncIterable<TranscriptionEvent>): Promise<CollectedSpan[]> =>
  traced.spansOf(async () => {
    const stages = new EngineStages(new SystemClock());
    try {
      const told = stages.watch(events);
      while ((await told.next()).done !== true);
    } catch (error) {
      if (error !== LOST) throw error;
    } finally {
      stages.end();
    }
  });

const attributesOf = ({ attributes }: CollectedSpan): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.intValue ?? value.doubleValue]));

const secondsOf = ({ startTimeUnixNano, endTimeUnixNano }: CollectedSpan): number =>
  Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e9;

describe('the stages of the engine', () => {
  it('are spans below the piece of text that they were for, at the time when they were', async () => {
    const spans = await spansOf(engineWith(2));
    const pieces = spansNamed(spans, 'engine transcribe');
    const parts = spansBelow(spans, pieces[1]);

    expect(pieces.map(attributesOf)).toEqual([
      { 'whisper.position_seconds': 1, 'whisper.segments': 1 },
      { 'whisper.position_seconds': 2, 'whisper.segments': 1, 'whisper.audio_seconds': 2 },
    ]);
    expect(parts.map((part) => [part.name, attributesOf(part)])).toEqual([
      ['engine encode', { 'whisper.busy_seconds': 0.25 }],
      ['engine decode', { 'whisper.busy_seconds': 0.5 }],
    ]);
    expect(parts[0]?.startTimeUnixNano).toBe(`${BEGUN + PIECE_MS}000000`);
    expect(pieces[1]?.startTimeUnixNano).toBe(parts[0]?.startTimeUnixNano);
    expect(pieces[1]?.endTimeUnixNano).toBe(parts[1]?.endTimeUnixNano);
  });

  it('are spans of 100 pieces at most, of which the last is all the rest', async () => {
    const spans = await spansOf(engineWith(250));
    const pieces = spansNamed(spans, 'engine transcribe');
    const last = pieces[99];

    expect(pieces.map(secondsOf)).toEqual([...Array<number>(99).fill(1), 151]);
    expect(last && attributesOf(last)).toEqual({
      'whisper.position_seconds': 250,
      'whisper.segments': 151,
      'whisper.audio_seconds': 250,
    });
    expect(spansBelow(spans, last).map((part) => [part.name, attributesOf(part)])).toEqual([
      ['engine encode', { 'whisper.busy_seconds': 151 * 0.25 }],
      ['engine decode', { 'whisper.busy_seconds': 151 * 0.5 }],
    ]);
  });

  it('are told of as far as they are known where the engine is lost, and how long the rest took', async () => {
    const spans = await spansOf(engineWith(1, { isLost: true }));
    const pieces = spansNamed(spans, 'engine transcribe');

    expect(pieces.map(attributesOf)).toEqual([{ 'whisper.position_seconds': 1, 'whisper.segments': 1 }, {}]);
    expect(pieces.map((piece) => spansBelow(spans, piece).length)).toEqual([2, 0]);
  });

  it('are no spans where the engine did not measure them', async () => {
    const spans = await spansOf(engineWith(3, { measures: false }));

    expect(spans.map(({ name }) => name)).toEqual(['engine load', 'job process']);
  });

  it('are asked for in traces that are kept, and in no others', async () => {
    const ask = (kept: '00' | '01'): Promise<boolean> =>
      inSpan('job process', { traceparent: `00-${'c'.repeat(32)}-${'b'.repeat(16)}-${kept}` }, () =>
        Promise.resolve(isTraced()),
      );

    expect([await ask('01'), await ask('00'), isTraced()]).toEqual([true, false, false]);
  });
});
