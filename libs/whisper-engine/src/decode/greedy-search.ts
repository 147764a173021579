import type { TensorMemory } from '../model/tensor-memory.js';
import type { Choice, StepInput, StepOutput, WhisperGraphs } from '../model/whisper-graphs.js';
import { Hypothesis, type RowStep, type Search, type SearchedText, type WindowSearch } from './search.js';
import type { TextLimits } from './text-limits.js';

/** Always the most probable token, without timestamps: the graphs themselves choose it. */
export class GreedySearch implements Search<Choice> {
  readonly width = 1;
  readonly timestamps = false;

  constructor(private readonly endOfText: number) {}

  async ask(
    graphs: WhisperGraphs,
    input: StepInput,
    memory: TensorMemory,
  ): Promise<StepOutput & { answers: readonly Choice[] }> {
    const { choices, ...rest } = await graphs.choose(input, memory);
    return { ...rest, answers: choices };
  }

  begin(limits: TextLimits): WindowSearch<Choice> {
    return new GreedyText(this.endOfText, limits);
  }
}

class GreedyText implements WindowSearch<Choice> {
  private readonly tokens: number[] = [];
  private readonly logprobs: number[] = [];
  private sum = 0;
  private cut: { keep: number } | null = null;

  constructor(
    private readonly endOfText: number,
    private readonly limits: TextLimits,
  ) {}

  advance([choice]: readonly Choice[]): RowStep[] | null {
    if (choice === undefined) return null;
    const { token, logprob } = choice;
    this.sum += logprob;
    if (token === this.endOfText) return null;
    this.tokens.push(token);
    this.logprobs.push(logprob);
    this.cut = this.limits.cut(this.tokens);
    return this.cut === null ? [{ parent: 0, token }] : null;
  }

  result(): SearchedText {
    return new Hypothesis(this.tokens, this.logprobs, this.sum).result(this.cut);
  }
}
