import type { Tensor } from 'onnxruntime-node';
import type { TensorMemory, Tensors } from './tensor-memory.js';

/** Frames of the encoder for a window of 30 s. */
export const WINDOW_FRAMES = 1500;

export interface StepInput {
  /** Row by row, the same number of new tokens in each. */
  ids: readonly (readonly number[])[];
  /**
   * Cross keys and values, a row for each window. Several rows of `ids` that lie side by side may belong to one window where
   * the graphs can share them (`sharesCross`).
   */
  cross: Tensors;
  /** Caches that the step before wrote, or null in the first. */
  past: Tensors | null;
  /** Added to the logits of every row, [vocabulary]. */
  bias: Float32Array;
}

/** The most probable text token of a row. */
export interface Choice {
  token: number;
  /** Natural logarithm of its probability among the tokens of text. */
  logprob: number;
}

/** What every step gives, whatever it was asked for. */
export interface StepOutput {
  /** Caches for the next step. */
  past: Tensors;
  /**
   * Cross attention of the alignment heads, f32 [windows, heads, new tokens of all rows of a window, frames], one entry or more; good
   * until the same memory is written again. Empty where it has to be asked for.
   */
  attention: readonly Tensor[];
}

/** The graphs of one Whisper model, whichever layout its files have. All tensors have their rows on the first axis. */
export interface WhisperGraphs {
  /** Tokens that the decoder knows. */
  readonly vocabulary: number;
  /** Heads whose attention tells when tokens are spoken; 0 where nothing does. */
  readonly alignmentHeads: number;
  /** Whether every step gives their attention; else `attention` has to be asked for. */
  readonly attendsInSteps: boolean;
  /** Whether the rows of one window can share one row of `cross`. */
  readonly sharesCross: boolean;

  /** Memory for the cross keys and values of some windows. */
  crossRows(memory: TensorMemory, rows: number): Tensors;

  /** Writes the cross keys and values of one window of up to 30 s of samples into the tensors of one row. */
  encode(samples: Float32Array, into: Tensors): Promise<void>;

  /**
   * One step of all rows, answered by the best token of each: the cheapest question.
   * @param memory where the outputs are written: any but the memory of `input.past`
   */
  choose(input: StepInput, memory: TensorMemory): Promise<StepOutput & { choices: Choice[] }>;

  /**
   * One step of all rows, answered by the logits behind the last new token of each row, `bias` added: f32 [rows, vocabulary].
   * @param memory where the outputs are written: any but the memory of `input.past`
   */
  logits(input: StepInput, memory: TensorMemory): Promise<StepOutput & { logits: Float32Array }>;

  /**
   * Cross attention of the alignment heads for all tokens of one row, without a past.
   * @returns f32 [1, heads, tokens, frames], one entry or more
   */
  attention(input: StepInput): Promise<Tensor[]>;

  /** Frees the memory of the graphs. */
  release(): Promise<void>;
}
