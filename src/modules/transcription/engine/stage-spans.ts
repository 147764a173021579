import { stageNow } from '@whisper-transcriber/engine/stages';
import type { StageSpan } from './transcriber.port.js';

export { sumStages } from '@whisper-transcriber/engine/stages';

/**
 * When the stages of a run were by the clock on the wall, which the engine's own is not.
 *
 * @param now by the clock on the wall
 */
export function toStageSpans(stages: readonly StageSpan[], now: Date): StageSpan[] {
  const ahead = now.getTime() - stageNow();
  return stages.map((time) => ({ ...time, from: time.from + ahead, to: time.to + ahead }));
}
