import { join } from 'node:path';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { EngineError } from '../errors.js';
import { verifyChecksums } from '../model/checksums.js';
import { floatsOf, openSession } from '../model/onnx-session.js';
import { VadSpans } from '../vad/vad-spans.js';
import type { Span } from '../vad/speech-spans.js';
import { openVad } from '../vad/vad-graph.js';
import { WINDOW_FRAMES, WINDOW_SAMPLES } from './frames.js';
import { CLASSES, activeSpeakers } from './powerset.js';
import { EMBEDDING_SIZE } from './embedding.js';

/** Values of a frame of features. */
const FEATURE_BINS = 80;

const FILES = {
  segmentation: 'segmentation.onnx',
  fbank: 'fbank.onnx',
  embedding: 'speaker_embedding.onnx',
} as const;

/** @throws EngineError `model_invalid`, `model_checksum_mismatch` */
export const verifyDiarizerFolder = (modelDir: string): Promise<void> =>
  verifyChecksums(modelDir, Object.values(FILES));

/** The three graphs that tell speakers apart, and one that tells speech. models/export/README.md says what they take and give. */
export class DiarizerGraphs {
  /** The same memory each time: the collector is slow to find what runs of graphs leave behind. */
  private readonly window = new Float32Array(WINDOW_SAMPLES);

  private vad: InferenceSession | undefined;

  private constructor(
    private readonly vadPath: string,
    private readonly segmentation: InferenceSession,
    private readonly fbank: InferenceSession,
    private readonly embedding: InferenceSession,
  ) {}

  /** @throws EngineError `model_invalid`, `memory_exhausted` */
  static async open(modelDir: string, vadPath: string): Promise<DiarizerGraphs> {
    const open = (name: keyof typeof FILES): Promise<InferenceSession> =>
      openSession(join(modelDir, FILES[name]), 1, { enableCpuMemArena: false, enableMemPattern: false });
    const graphs = [await open('segmentation'), await open('fbank'), await open('embedding')] as const;
    return new DiarizerGraphs(vadPath, ...graphs);
  }

  /**
   * Who is heard in a window, as bits of its three speakers [589]. One window at a time: several at once are hardly faster, and take more memory.
   * @param samples of the window; silence follows where there are fewer
   */
  async segment(samples: Float32Array): Promise<Uint8Array> {
    const part = samples.subarray(0, WINDOW_SAMPLES);
    this.window.set(part);
    this.window.fill(0, part.length);
    const audio = new Tensor('float32', this.window, [1, WINDOW_SAMPLES]);
    const classes = floatsOf(await this.segmentation.run({ audio }), 'classes');
    if (classes.length !== WINDOW_FRAMES * CLASSES) throw wrongShape(FILES.segmentation);
    return activeSpeakers(classes);
  }

  /** Where speech is heard. The segmentation takes instruments for voices, too. */
  async findSpeech(samples: Float32Array): Promise<Span[]> {
    this.vad ??= await openVad(this.vadPath);
    const finder = new VadSpans(this.vad, Infinity, { padMs: 0 });
    return [...(await finder.find(samples)), ...finder.finish()];
  }

  /** Mel features of samples, a row of 80 for each 10 ms; none where there are less than 25 ms. */
  async features(samples: Float32Array): Promise<Float32Array[]> {
    const out = await this.fbank.run({ audio: new Tensor('float32', samples, [1, samples.length]) });
    const values = floatsOf(out, 'features');
    return Array.from({ length: values.length / FEATURE_BINS }, (_, row) =>
      values.subarray(row * FEATURE_BINS, (row + 1) * FEATURE_BINS),
    );
  }

  /** The embedding of one voice, 192 values. */
  async embed(features: readonly Float32Array[]): Promise<Float32Array> {
    const rows = new Float32Array(features.length * FEATURE_BINS);
    features.forEach((row, index) => {
      rows.set(row, index * FEATURE_BINS);
    });
    const dims = [1, features.length, FEATURE_BINS];
    const out = await this.embedding.run({ features: new Tensor('float32', rows, dims) });
    const values = floatsOf(out, 'embedding');
    if (values.length !== EMBEDDING_SIZE) throw wrongShape(FILES.embedding);
    return values;
  }

  async release(): Promise<void> {
    for (const session of [this.segmentation, this.fbank, this.embedding, this.vad]) await session?.release();
  }
}

const wrongShape = (file: string): EngineError =>
  new EngineError('model_invalid', `${file} does not give what it should`);
