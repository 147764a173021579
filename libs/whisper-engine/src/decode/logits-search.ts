import type { TensorMemory } from '../model/tensor-memory.js';
import type { StepInput, StepOutput, WhisperGraphs } from '../model/whisper-graphs.js';
import type { Search, WindowSearch } from './search.js';
import type { TextLimits } from './text-limits.js';
import { applyTimestampRules, type TimestampConfig } from './timestamp-rules.js';

/** Latest beginning of the first segment of a window: 1 s. */
const MAX_INITIAL_TIMESTAMP_INDEX = 50;

export interface LogitsSearchOptions {
  endOfText: number;
  noTimestamps: number;
  firstTimestamp: number;
  timestamps: boolean;
}

/** What searches that look at all logits have in common. Their answers are the logits of a row, f32 [vocabulary]. */
export abstract class LogitsSearch implements Search<Float32Array> {
  readonly timestamps: boolean;
  protected readonly endOfText: number;
  private readonly rules: TimestampConfig;

  constructor(
    options: LogitsSearchOptions,
    readonly width: number,
  ) {
    this.timestamps = options.timestamps;
    this.endOfText = options.endOfText;
    this.rules = { ...options, maxInitialTimestampIndex: MAX_INITIAL_TIMESTAMP_INDEX };
  }

  abstract begin(limits: TextLimits, seed: number): WindowSearch<Float32Array>;

  async ask(
    graphs: WhisperGraphs,
    input: StepInput,
    memory: TensorMemory,
  ): Promise<StepOutput & { answers: readonly Float32Array[] }> {
    const { logits, ...rest } = await graphs.logits(input, memory);
    const width = graphs.vocabulary;
    const answers = input.ids.map((_, row) => logits.subarray(row * width, (row + 1) * width));
    return { ...rest, answers };
  }

  /** Takes away what may not follow a text. */
  protected rule(logits: Float32Array, tokens: readonly number[]): void {
    if (this.timestamps) applyTimestampRules(logits, tokens, this.rules);
  }
}
