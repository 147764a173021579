/** What a run spends its time on. */
export type EngineStage =
  /** Waiting for samples of the caller. */
  | 'audio'
  /** Looking for speech. */
  | 'vad'
  | 'encode'
  /** The first step of the decoder: is it speech, and in which language? */
  | 'detect'
  | 'decode'
  /** When the words were said. */
  | 'align';

/** Steps of one stage, taken together. */
export interface StageTime {
  readonly stage: EngineStage;
  /** When the first of them began and the last ended, in milliseconds of the clock of `process.hrtime`. */
  readonly from: number;
  readonly to: number;
  /** Milliseconds at work, without other stages in between; of all threads together. */
  readonly busy: number;
}

/** Milliseconds: the same for all threads of a process, and never set back. */
export const stageNow = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Measures stages that follow or contain each other. */
export class StageClock {
  private times: StageTime[] = [];
  /** Milliseconds of stages inside of the one that is being measured. */
  private inner = 0;

  async measure<T>(stage: EngineStage, work: () => Promise<T>): Promise<T> {
    const from = stageNow();
    const outer = this.inner;
    this.inner = 0;
    try {
      return await work();
    } finally {
      const to = stageNow();
      this.times.push({ stage, from, to, busy: to - from - this.inner });
      this.times = sumStages(this.times);
      this.inner = outer + to - from;
    }
  }

  /** What was measured since it was asked for last. */
  take(): StageTime[] {
    return this.times.splice(0);
  }
}

/** One entry for each stage, in the order in which they began. */
export function sumStages(times: readonly StageTime[]): StageTime[] {
  const sums = new Map<EngineStage, StageTime>();
  for (const time of times) {
    const sum = sums.get(time.stage) ?? { ...time, busy: 0 };
    const from = Math.min(sum.from, time.from);
    const to = Math.max(sum.to, time.to);
    sums.set(time.stage, { stage: time.stage, from, to, busy: sum.busy + time.busy });
  }
  return [...sums.values()].sort((a, b) => a.from - b.from);
}
