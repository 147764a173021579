import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { WINDOW_FRAMES } from '../audio/window-size.js';
import { EngineError } from '../errors.js';
import { declaredShape, isHalf } from './graph-metadata.js';
import { fromHalves } from './half-precision.js';
import { tensorOf } from './onnx-session.js';
import { HALVES, halvesOf, unpacked } from './packed-halves.js';
import type { TensorMemory, Tensors } from './tensor-memory.js';

/** Hidden states of the encoder; kept beside the cross keys and values, since long prompts are read with them. */
export const STATES = 'encoder_hidden_states';
const LOGITS = 'logits';

export interface DecoderShape {
  heads: number;
  width: number;
  vocabulary: number;
}

interface Call {
  /** Row by row, the same number of tokens in each. */
  ids: readonly (readonly number[])[];
  cross: Tensors;
  /** Null: read the prompt with the states of the encoder instead of the cross keys and values. */
  past: Tensors | null;
  /** Outputs by name, each with the memory to write it into, or null for new memory. */
  fetches: Readonly<Record<string, Tensor | null>>;
}

/**
 * The merged decoder of the hub layout: one `If` over two whole decoders. The one for the first call (`past` null) reads the
 * hidden states and gives the cross keys and values; the one for later calls reads those.
 */
export class HubDecoder {
  readonly vocabulary: number;
  /** The states of the encoder are read as packed halves. */
  readonly halfStates: boolean;
  /** Layers that give their cross attention. */
  readonly attendingLayers: readonly number[];
  private readonly halfCaches: boolean;
  private readonly halfLogits: boolean;
  private readonly selfNames: readonly string[];
  private readonly crossNames: readonly string[];

  /** @throws EngineError `model_invalid` for a graph that is no merged decoder, or that of another model */
  constructor(
    private readonly session: InferenceSession,
    private readonly shape: DecoderShape,
  ) {
    const caches = session.inputNames.filter((name) => name.startsWith('past_key_values.'));
    this.selfNames = caches.filter((name) => name.includes('.decoder.'));
    this.crossNames = caches.filter((name) => name.includes('.encoder.'));
    const [first] = this.selfNames;
    if (first === undefined || !session.inputNames.includes('use_cache_branch')) {
      throw new EngineError('model_invalid', 'the decoder of the model is not a merged one');
    }
    this.vocabulary = shape.vocabulary;
    checkSizes(session, shape, first);
    this.halfStates = isHalf(session, STATES);
    this.halfCaches = isHalf(session, first);
    this.halfLogits = isHalf(session, LOGITS);
    this.attendingLayers = session.outputNames
      .filter((name) => name.startsWith('cross_attentions.'))
      .map((name) => Number(name.split('.')[1]));
  }

  /** Memory for the hidden states and the cross keys and values of some windows. */
  crossRows(memory: TensorMemory, rows: number): Tensors {
    const stateWidth = this.halfStates ? this.shape.width / HALVES : this.shape.width;
    return {
      ...memory.tensors([STATES], [rows, WINDOW_FRAMES, stateWidth]),
      ...memory.tensors(this.crossNames, [rows, this.shape.heads, WINDOW_FRAMES, this.cacheWidth]),
    };
  }

  /** Memory for the self caches of some rows. Two of different `parity` in one memory don't share it. */
  caches(memory: TensorMemory, rows: number, positions: number, parity = 0): Tensors {
    const dims = [rows, this.shape.heads, positions, this.cacheWidth];
    const tensors = memory.tensors(
      this.selfNames.map((name) => `${name}.${parity}`),
      dims,
    );
    return Object.fromEntries(this.selfNames.map((name) => [name, tensorOf(tensors, `${name}.${parity}`)]));
  }

  /** Caches of rows that have read nothing. */
  emptyCaches(rows: number): Tensors {
    return this.empty(this.selfNames, rows);
  }

  /** Fills in the cross keys and values of one window whose hidden states are there. */
  async writeCross(cross: Tensors, anyToken: number): Promise<void> {
    await this.run({ ids: [[anyToken]], cross, past: null, fetches: this.outputs(this.crossNames, cross) });
  }

  /**
   * Reads one token a row.
   * @param into where the caches are written
   * @param logits where the logits may be written; they come in new memory when it is null
   */
  async step(
    tokens: readonly number[],
    cross: Tensors,
    past: Tensors,
    into: Tensors,
    logits: Tensor | null,
  ): Promise<Float32Array> {
    const ids = tokens.map((token) => [token]);
    const out = await this.run({
      ids,
      cross,
      past,
      fetches: { ...this.outputs(this.selfNames, into), [LOGITS]: this.halfLogits ? null : logits },
    });
    return this.floats(tensorOf(out, LOGITS));
  }

  /** Reads the whole prompt of one row, with the hidden states of its window. Gives the logits behind its last token. */
  async read(prompt: readonly number[], cross: Tensors, into: Tensors): Promise<Float32Array> {
    const fetches = { ...this.outputs(this.selfNames, into), [LOGITS]: null };
    const out = await this.run({ ids: [prompt], cross, past: null, fetches });
    return this.floats(tensorOf(out, LOGITS)).subarray(-this.vocabulary);
  }

  /** Cross attention of all heads of some layers for all tokens of one row: f32 [1, heads, tokens, frames] each. */
  async attention(tokens: readonly number[], cross: Tensors, layers: readonly number[]): Promise<Tensor[]> {
    const names = layers.map((layer) => `cross_attentions.${layer}`);
    const fetches = Object.fromEntries(names.map((name) => [name, null]));
    const out = await this.run({ ids: [tokens], cross, past: null, fetches });
    return names.map((name) => {
      const tensor = tensorOf(out, name);
      return new Tensor('float32', this.floats(tensor), tensor.dims);
    });
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private get cacheWidth(): number {
    const width = this.shape.width / this.shape.heads;
    return this.halfCaches ? width / HALVES : width;
  }

  private async run({ ids, cross, past, fetches }: Call): Promise<InferenceSession.OnnxValueMapType> {
    const rows = ids.length;
    const flat = ids.flat().map(BigInt);
    const states = tensorOf(cross, STATES);
    // The first call ignores its caches, but wants them, empty; later ones ignore the states.
    const known =
      past === null ? this.empty([...this.selfNames, ...this.crossNames], rows) : { ...cross, ...past };
    return this.session.run(
      {
        ...this.feeds(this.selfNames, known),
        ...this.feeds(this.crossNames, known),
        [STATES]: this.halfStates ? unpacked(states) : states,
        input_ids: new Tensor('int64', BigInt64Array.from(flat), [rows, flat.length / rows]),
        use_cache_branch: new Tensor('bool', [past !== null], [1]),
      },
      fetches,
    );
  }

  private feeds(names: readonly string[], from: Tensors): Record<string, Tensor> {
    return Object.fromEntries(
      names.map((name) => {
        const tensor = tensorOf(from, name);
        return [name, this.halfCaches ? unpacked(tensor) : tensor];
      }),
    );
  }

  /** Outputs that are fed back under these names, with the memory to write them into. */
  private outputs(names: readonly string[], into: Tensors): Record<string, Tensor> {
    return Object.fromEntries(
      Object.entries(this.feeds(names, into)).map(([name, tensor]) => [
        name.replace('past_key_values', 'present'),
        tensor,
      ]),
    );
  }

  private empty(names: readonly string[], rows: number): Tensors {
    const dims = [rows, this.shape.heads, 0, this.cacheWidth];
    return Object.fromEntries(names.map((name) => [name, new Tensor('float32', new Float32Array(0), dims)]));
  }

  private floats(tensor: Tensor): Float32Array {
    return tensor.data instanceof Float32Array ? tensor.data : fromHalves(halvesOf(tensor));
  }
}

function checkSizes(
  session: InferenceSession,
  { heads, width, vocabulary }: DecoderShape,
  cache: string,
): void {
  const [, cacheHeads, , cacheWidth] = declaredShape(session, cache);
  const declared = [
    cacheHeads,
    cacheWidth,
    declaredShape(session, STATES)[2],
    declaredShape(session, LOGITS)[2],
  ];
  const expected = [heads, width / heads, width, vocabulary];
  // Names stand for sizes that the graph leaves open.
  if (declared.some((size, index) => typeof size === 'number' && size !== expected[index])) {
    throw new EngineError('model_invalid', 'the graphs and the JSON files belong to different models');
  }
}
