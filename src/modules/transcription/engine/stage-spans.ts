import type { StageTime } from '@whisper-transcriber/engine';
import type { StageSpan } from './transcriber.port.js';

/**
 * When the stages of a run were by the clock on the wall, which the engine's own is not.
 *
 * @param now by the clock on the wall
 */
export function toStageSpans(stages: readonly StageTime[], now: Date): StageSpan[] {
  const ahead = now.getTime() - Number(process.hrtime.bigint()) / 1e6;
  return stages.map(({ stage, from, to, busy }) => ({
    stage,
    from: new Date(from + ahead),
    to: new Date(to + ahead),
    busyMs: busy,
  }));
}

/** One entry for each stage, in the order in which they began. */
export function sumStageSpans(spans: readonly StageSpan[]): StageSpan[] {
  const sums = new Map<StageSpan['stage'], StageSpan>();
  for (const span of spans) {
    const sum = sums.get(span.stage);
    sums.set(span.stage, sum === undefined ? span : join(sum, span));
  }
  return [...sums.values()].sort((a, b) => a.from.getTime() - b.from.getTime());
}

const join = (a: StageSpan, b: StageSpan): StageSpan => ({
  stage: a.stage,
  from: a.from < b.from ? a.from : b.from,
  to: a.to > b.to ? a.to : b.to,
  busyMs: a.busyMs + b.busyMs,
});
