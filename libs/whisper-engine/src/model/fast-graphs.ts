import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { logMel } from '../audio/log-mel.js';
import { declaredShape } from './graph-metadata.js';
import { ENCODER_SHAPES, FAST_GRAPHS } from './model-folder.js';
import { floatsOf, openSession, tensorOf } from './onnx-session.js';
import type { TensorMemory, Tensors } from './tensor-memory.js';
import type { Choice, StepInput, StepOutput, WhisperGraphs } from './whisper-graphs.js';

const CHOICE = ['text_arg', 'text_max', 'text_lse'] as const;

/**
 * Graphs made for the decoding loop: the encoder ends in the cross keys and values, and one decoder step without branches chooses
 * the best token itself.
 */
export class FastGraphs implements WhisperGraphs {
  readonly vocabulary: number;
  readonly alignmentHeads: number;
  readonly attendsInSteps = true;
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
    const [, heads, , headWidth] = declaredShape(decoder, 'past_k0');
    this.heads = Number(heads);
    this.headWidth = Number(headWidth);
    this.vocabulary = Number(declaredShape(decoder, 'bias')[1]);
    this.cacheNames = decoder.inputNames
      .filter((name) => name.startsWith('past_'))
      .map((name) => name.slice(5));
    this.attentionNames = decoder.outputNames.filter((name) => name.startsWith('attention'));
    this.alignmentHeads = this.attentionNames
      .map((name) => Number(declaredShape(decoder, name)[1]))
      .reduce((sum, heads) => sum + heads, 0);
  }

  /** @throws EngineError `model_invalid` */
  static async open(folder: string, threads: number): Promise<FastGraphs> {
    return new FastGraphs(
      await openSession(join(folder, FAST_GRAPHS.logMel), threads),
      await openEncoder(folder, threads),
      await openSession(join(folder, FAST_GRAPHS.step), threads),
    );
  }

  /** What the encoder writes about windows: keys and values in 8 bits, and what belongs to them. */
  crossRows(memory: TensorMemory, rows: number): Tensors {
    const outputs = this.encoder.outputMetadata.flatMap((output) => (output.isTensor ? [output] : []));
    return Object.assign(
      {},
      ...outputs.map(({ name, shape, type }) =>
        memory.tensors([name], [rows, ...shape.slice(1).map(Number)], type === 'int8' ? 'int8' : 'float32'),
      ),
    ) as Tensors;
  }

  async encode(samples: Float32Array, into: Tensors): Promise<void> {
    await this.encoder.run({ mel: await logMel(this.mel, samples) }, into);
  }

  async choose(input: StepInput, memory: TensorMemory): Promise<StepOutput & { choices: Choice[] }> {
    const { out, ...rest } = await this.step(input, CHOICE, memory);
    const tokens = tensorOf(out, 'text_arg').data;
    const max = floatsOf(out, 'text_max');
    const lse = floatsOf(out, 'text_lse');
    const choices = input.ids.map((_, row) => ({
      token: Number(tokens[row]),
      logprob: (max[row] ?? 0) - (lse[row] ?? 0),
    }));
    return { ...rest, choices };
  }

  async logits(input: StepInput, memory: TensorMemory): Promise<StepOutput & { logits: Float32Array }> {
    const { out, ...rest } = await this.step(input, ['logits'], memory);
    return { ...rest, logits: floatsOf(out, 'logits') };
  }

  async attention(input: StepInput): Promise<Tensor[]> {
    const out = await this.decoder.run(this.feeds(input), this.attentionNames);
    return this.attentionNames.map((name) => tensorOf(out, name));
  }

  async release(): Promise<void> {
    await Promise.all([this.mel, this.encoder, this.decoder].map((session) => session.release()));
  }

  private async step(
    input: StepInput,
    fetches: readonly string[],
    memory: TensorMemory,
  ): Promise<StepOutput & { out: Tensors }> {
    const feeds = this.feeds(input);
    const rows = input.ids.length;
    const tokens = input.ids[0]?.length ?? 0;
    const past = memory.tensors(
      this.cacheNames.map((name) => `new_${name}`),
      [rows, this.heads, (feeds['past_k0']?.dims[2] ?? 0) + tokens, this.headWidth],
    );
    const windows = Object.values(input.cross)[0]?.dims[0] ?? rows;
    // The queries of all rows of a window lie side by side.
    const queries = (rows / windows) * tokens;
    const attention = this.attentionNames.map((name) => this.attentionRows(name, windows, queries, memory));
    const wanted = Object.fromEntries(fetches.map((name) => [name, null]));
    const written = Object.assign({}, past, ...attention) as Tensors;
    const out = await this.decoder.run(feeds, { ...wanted, ...written });
    return { out, past, attention: attention.flatMap((tensors) => Object.values(tensors)) };
  }

  private attentionRows(name: string, windows: number, queries: number, memory: TensorMemory): Tensors {
    const [, heads = 0, , frames = 0] = declaredShape(this.decoder, name).map(Number);
    return memory.tensors([name], [windows, heads, queries, frames]);
  }

  private feeds({ ids, cross, past, bias }: StepInput): Record<string, Tensor> {
    const rows = ids.length;
    const flat = ids.flat().map(BigInt);
    const feeds: Record<string, Tensor> = {
      ...cross,
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

function openEncoder(folder: string, threads: number): Promise<InferenceSession> {
  const shapes = join(folder, ENCODER_SHAPES);
  return openSession(join(folder, FAST_GRAPHS.encoder), threads, {}, existsSync(shapes) ? shapes : undefined);
}
