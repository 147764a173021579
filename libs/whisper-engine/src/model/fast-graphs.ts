import { join } from 'node:path';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { WINDOW_SAMPLES, logMel } from '../audio/log-mel.js';
import { floatsOf, inputShape, openSession, tensorOf } from './onnx-session.js';
import type { TensorMemory, Tensors } from './tensor-memory.js';
import type { Choice, StepInput, WhisperGraphs } from './whisper-graphs.js';

/** Graph files of a model, relative to its folder; models/export/README.md of the repository describes them. */
export const FAST_GRAPHS = {
  logMel: 'onnx/log_mel.onnx',
  encoder: 'onnx/encoder_cross_int8.onnx',
  step: 'onnx/decoder_step_int8.onnx',
} as const;

const SAMPLES_PER_FRAME = 320;
const CHOICE = ['text_arg', 'text_max', 'text_lse'] as const;

/**
 * Graphs made for the decoding loop: the encoder ends in the cross keys and values, and one decoder step without branches chooses
 * the best token itself.
 */
export class FastGraphs implements WhisperGraphs {
  readonly vocabulary: number;
  readonly aligns: boolean;
  readonly sharesCross = true;
  private readonly attentionNames: readonly string[];
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
    this.aligns = this.attentionNames.length > 0;
  }

  /** @throws EngineError `model_invalid` */
  static async open(folder: string, threads: number): Promise<FastGraphs> {
    return new FastGraphs(
      await openSession(join(folder, FAST_GRAPHS.logMel), threads),
      await openSession(join(folder, FAST_GRAPHS.encoder), threads),
      await openSession(join(folder, FAST_GRAPHS.step), threads),
    );
  }

  /** `cross_k<i>`, `cross_v<i>` f32 [rows, heads, 1500, head width]. */
  crossRows(memory: TensorMemory, rows: number): Tensors {
    const names = this.cacheNames.map((name) => `cross_${name}`);
    return memory.tensors(names, [rows, this.heads, WINDOW_SAMPLES / SAMPLES_PER_FRAME, this.headWidth]);
  }

  async encode(samples: Float32Array, into: Tensors): Promise<void> {
    await this.encoder.run({ mel: await logMel(this.mel, samples) }, into);
  }

  async choose(input: StepInput, memory: TensorMemory): Promise<{ choices: Choice[]; past: Tensors }> {
    const { out, past } = await this.step(input, CHOICE, memory);
    const tokens = tensorOf(out, 'text_arg').data;
    const max = floatsOf(out, 'text_max');
    const lse = floatsOf(out, 'text_lse');
    const choices = input.ids.map((_, row) => ({
      token: Number(tokens[row]),
      logprob: (max[row] ?? 0) - (lse[row] ?? 0),
    }));
    return { choices, past };
  }

  async logits(input: StepInput, memory: TensorMemory): Promise<{ logits: Float32Array; past: Tensors }> {
    const { out, past } = await this.step(input, ['logits'], memory);
    return { logits: floatsOf(out, 'logits'), past };
  }

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

  private async step(
    input: StepInput,
    fetches: readonly string[],
    memory: TensorMemory,
  ): Promise<{ out: Tensors; past: Tensors }> {
    const feeds = this.feeds(input);
    const positions = (feeds['past_k0']?.dims[2] ?? 0) + (input.ids[0]?.length ?? 0);
    const past = memory.tensors(
      this.cacheNames.map((name) => `new_${name}`),
      [input.ids.length, this.heads, positions, this.headWidth],
    );
    const wanted = Object.fromEntries(fetches.map((name) => [name, null]));
    return { out: await this.decoder.run(feeds, { ...wanted, ...past }), past };
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
