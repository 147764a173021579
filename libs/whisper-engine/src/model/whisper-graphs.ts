import { join } from 'node:path';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { WINDOW_SAMPLES, logMel } from '../audio/log-mel.js';
import { inputShape, openSession, tensorOf } from './onnx-session.js';
import type { TensorMemory, Tensors } from './tensor-memory.js';

/** Graph files of a model, relative to its folder; models/export/README.md of the repository describes them. */
export const GRAPHS = {
  logMel: 'onnx/log_mel.onnx',
  encoder: 'onnx/encoder_cross_int8.onnx',
  step: 'onnx/decoder_step_int8.onnx',
} as const;

export interface StepInput {
  /** Row by row, the same number of new tokens in each. */
  ids: readonly (readonly number[])[];
  /** Cross keys and values of as many windows as there are rows. */
  cross: Tensors;
  /** Caches that the step before wrote, or null in the first. */
  past: Tensors | null;
  /** Added to the logits of every row, [vocabulary]. */
  bias: Float32Array;
}

export interface StepOutput {
  /** The outputs that were asked for. */
  chosen: Tensors;
  past: Tensors;
}

const SAMPLES_PER_FRAME = 320;

/** The three graphs of a Whisper model and the sizes that they declare. */
export class WhisperGraphs {
  readonly vocabulary: number;
  /** Names of the outputs with the attention of alignment heads; empty for a model without such heads. */
  readonly attentionNames: readonly string[];
  private readonly cacheNames: readonly string[];
  private readonly heads: number;
  private readonly headWidth: number;

  private constructor(
    private readonly mel: InferenceSession,
    private readonly encoder: InferenceSession,
    private readonly decoder: InferenceSession,
  ) {
    const [, heads, , headWidth] = inputShape(decoder, 'past_k0');
    this.heads = Number(heads);
    this.headWidth = Number(headWidth);
    this.vocabulary = Number(inputShape(decoder, 'bias')[1]);
    this.cacheNames = decoder.inputNames
      .filter((name) => name.startsWith('past_'))
      .map((name) => name.slice(5));
    this.attentionNames = decoder.outputNames.filter((name) => name.startsWith('attention'));
  }

  /** @throws EngineError `model_invalid` */
  static async open(folder: string, threads: number): Promise<WhisperGraphs> {
    return new WhisperGraphs(
      await openSession(join(folder, GRAPHS.logMel), threads),
      await openSession(join(folder, GRAPHS.encoder), threads),
      await openSession(join(folder, GRAPHS.step), threads),
    );
  }

  /** Memory for the cross keys and values `cross_k<i>`, `cross_v<i>` f32 [rows, heads, 1500, head width]. */
  crossRows(memory: TensorMemory, rows: number): Tensors {
    const names = this.cacheNames.map((name) => `cross_${name}`);
    return memory.tensors(names, [rows, this.heads, WINDOW_SAMPLES / SAMPLES_PER_FRAME, this.headWidth]);
  }

  /** Writes the cross keys and values of one window of up to 30 s into the tensors of one row. */
  async encode(samples: Float32Array, into: Tensors): Promise<void> {
    await this.encoder.run({ mel: await logMel(this.mel, samples) }, into);
  }

  /**
   * One step of all rows.
   * @param fetches the outputs that are wanted
   * @param memory where the caches are written: any but the memory of `input.past`
   */
  async step(input: StepInput, fetches: readonly string[], memory: TensorMemory): Promise<StepOutput> {
    const feeds = this.feeds(input);
    const positions = (feeds['past_k0']?.dims[2] ?? 0) + (input.ids[0]?.length ?? 0);
    const past = memory.tensors(
      this.cacheNames.map((name) => `new_${name}`),
      [input.ids.length, this.heads, positions, this.headWidth],
    );
    const wanted = Object.fromEntries(fetches.map((name) => [name, null]));
    return { chosen: await this.decoder.run(feeds, { ...wanted, ...past }), past };
  }

  /** Attention of the alignment heads f32 [1, heads, tokens, frames], an entry for each layer that has some. One row, no past. */
  async attention(input: StepInput): Promise<Tensor[]> {
    const out = await this.decoder.run(
      { ...this.feeds(input), words: booleanTensor(true) },
      this.attentionNames,
    );
    return this.attentionNames.map((name) => tensorOf(out, name));
  }

  async release(): Promise<void> {
    await Promise.all([this.mel, this.encoder, this.decoder].map((session) => session.release()));
  }

  private feeds({ ids, cross, past, bias }: StepInput): Record<string, Tensor> {
    const rows = ids.length;
    const flat = ids.flat().map(BigInt);
    const feeds: Record<string, Tensor> = {
      ...cross,
      words: booleanTensor(false),
      ids: new Tensor('int64', BigInt64Array.from(flat), [rows, flat.length / rows]),
      bias: new Tensor('float32', bias, [1, this.vocabulary]),
    };
    for (const name of this.cacheNames) {
      feeds[`past_${name}`] =
        past === null
          ? new Tensor('float32', new Float32Array(0), [rows, this.heads, 0, this.headWidth])
          : tensorOf(past, `new_${name}`);
    }
    return feeds;
  }
}

const booleanTensor = (value: boolean): Tensor => new Tensor('bool', [value], [1]);
