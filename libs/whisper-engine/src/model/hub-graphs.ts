import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { melExtractor } from '../audio/mel-extractor.js';
import { alignmentHeads, type AlignmentHeads } from './alignment-heads.js';
import { HubDecoder, STATES } from './hub-decoder.js';
import { HubEncoder } from './hub-encoder.js';
import { hubGraphs } from './hub-files.js';
import { numberIn, readJson } from './json-file.js';
import type { ModelDescription } from './model-folder.js';
import { openSession, tensorOf } from './onnx-session.js';
import { viewRows } from './row-tensors.js';
import { TensorMemory, type Tensors } from './tensor-memory.js';
import { chooseText } from './text-choice.js';
import type { Choice, StepInput, StepOutput, WhisperGraphs } from './whisper-graphs.js';

/**
 * From this many tokens on it is cheaper to read a prompt at once, row by row, though that works out the cross keys and values
 * again.
 */
const LONG_PROMPT = 16;

interface HubTokens {
  startOfTranscript: number;
  firstTimestamp: number;
}

/**
 * Graphs in the layout of transformers.js, as the models of the hub have them. The branch of the decoder for later calls is
 * only ever given one new token a row: in some exports it has no causal mask.
 */
export class HubGraphs implements WhisperGraphs {
  readonly vocabulary: number;
  readonly alignmentHeads: number;
  readonly attendsInSteps = false;
  readonly sharesCross = false;
  private readonly scratch = new TensorMemory();

  private constructor(
    private readonly encoder: HubEncoder,
    private readonly decoder: HubDecoder,
    private readonly tokens: HubTokens,
    private readonly heads: AlignmentHeads,
  ) {
    this.vocabulary = decoder.vocabulary;
    const known = [...heads.keys()].every((layer) => decoder.attendingLayers.includes(layer));
    this.alignmentHeads = known ? [...heads.values()].flat().length : 0;
  }

  /** @throws EngineError `model_invalid` */
  static async open(model: ModelDescription, threads: number): Promise<HubGraphs> {
    const { folder, precision, decoderLayers, heads } = model;
    const generation = await readJson(folder, 'generation_config.json');
    const mel = melExtractor(await readJson(folder, 'preprocessor_config.json'));
    const files = hubGraphs(precision);
    const decoder = new HubDecoder(await openSession(join(folder, files.decoder), threads), model);
    const encoder = await openSession(join(folder, files.encoder), threads);
    return new HubGraphs(
      new HubEncoder(encoder, mel, decoder.halfStates),
      decoder,
      {
        startOfTranscript: numberIn(generation, 'decoder_start_token_id'),
        firstTimestamp: numberIn(generation, 'no_timestamps_token_id') + 1,
      },
      alignmentHeads(generation, decoderLayers, heads),
    );
  }

  /**
   * `encoder_hidden_states` [rows, 1500, width] and `past_key_values.<i>.encoder.{key,value}` [rows, heads, 1500, head width], f32;
   * of a model in half precision two values lie in each float.
   */
  crossRows(memory: TensorMemory, rows: number): Tensors {
    return this.decoder.crossRows(memory, rows);
  }

  async encode(samples: Float32Array, into: Tensors): Promise<void> {
    await this.encoder.encode(samples, tensorOf(into, STATES));
    await this.decoder.writeCross(into, this.tokens.startOfTranscript);
  }

  async choose(input: StepInput, memory: TensorMemory): Promise<StepOutput & { choices: Choice[] }> {
    const rows = input.ids.length;
    const room = tensorOf(this.scratch.tensors(['logits'], [rows, 1, this.vocabulary]), 'logits');
    const { logits, past } = await this.decode(input, memory, room);
    const choices = input.ids.map((_, row) =>
      chooseText(this.row(logits, row), input.bias, this.tokens.firstTimestamp),
    );
    return { choices, past, attention: [] };
  }

  async logits(input: StepInput, memory: TensorMemory): Promise<StepOutput & { logits: Float32Array }> {
    const { logits, past } = await this.decode(input, memory, null);
    const { bias } = input;
    for (let at = 0, id = 0; at < logits.length; at++) {
      logits[at] = (logits[at] ?? 0) + (bias[id] ?? 0);
      id = id + 1 === bias.length ? 0 : id + 1;
    }
    return { logits, past, attention: [] };
  }

  async attention({ ids: [tokens = []], cross }: StepInput): Promise<Tensor[]> {
    const layers = [...this.heads.keys()];
    const all = await this.decoder.attention(tokens, cross, layers);
    return all.map((tensor, index) => headsOf(tensor, this.heads.get(layers[index] ?? -1) ?? []));
  }

  async release(): Promise<void> {
    await this.encoder.release();
    await this.decoder.release();
  }

  /** @param room where the logits [rows, 1, vocabulary] may be written; null for new memory */
  private async decode(
    { ids, cross, past }: StepInput,
    memory: TensorMemory,
    room: Tensor | null,
  ): Promise<{ logits: Float32Array; past: Tensors }> {
    const rows = ids.length;
    const length = ids[0]?.length ?? 0;
    if (past === null && length >= LONG_PROMPT) return this.readPrompts(ids, cross, memory);
    let known = past ?? this.decoder.emptyCaches(rows);
    let logits: Float32Array = new Float32Array(0);
    const start = Object.values(known)[0]?.dims[2] ?? 0;
    for (let at = 0; at < length; at++) {
      // In turn, so that the caches of one token are not written over those of the one before.
      const into = this.decoder.caches(memory, rows, start + at + 1, (length - 1 - at) % 2);
      const tokens = ids.map((row) => row[at] ?? 0);
      logits = await this.decoder.step(tokens, cross, known, into, room);
      known = into;
    }
    return { logits, past: known };
  }

  private async readPrompts(
    ids: StepInput['ids'],
    cross: Tensors,
    memory: TensorMemory,
  ): Promise<{ logits: Float32Array; past: Tensors }> {
    const past = this.decoder.caches(memory, ids.length, ids[0]?.length ?? 0);
    const logits = new Float32Array(ids.length * this.vocabulary);
    for (const [row, prompt] of ids.entries()) {
      this.row(logits, row).set(await this.decoder.read(prompt, viewRows(cross, row), viewRows(past, row)));
    }
    return { logits, past };
  }

  private row(logits: Float32Array, row: number): Float32Array {
    return logits.subarray(row * this.vocabulary, (row + 1) * this.vocabulary);
  }
}

/** [1, all heads, tokens, frames] to [1, heads, tokens, frames] */
function headsOf({ data, dims }: Tensor, heads: readonly number[]): Tensor {
  const [, , tokens = 0, frames = 0] = dims;
  const size = tokens * frames;
  const picked = new Float32Array(heads.length * size);
  for (const [index, head] of heads.entries()) {
    picked.set((data as Float32Array).subarray(head * size, (head + 1) * size), index * size);
  }
  return new Tensor('float32', picked, [1, heads.length, tokens, frames]);
}
