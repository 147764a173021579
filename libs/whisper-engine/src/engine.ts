import type { InferenceSession } from 'onnxruntime-node';
import { WINDOW_SAMPLES } from './audio/window-size.js';
import { BatchedRun } from './batched-run.js';
import { UNSURE_BEAM } from './decode/fallback.js';
import { EngineError } from './errors.js';
import { alignmentHeadsOf, openInferencePool, type InferencePool } from './inference/inference-pool.js';
import type { GenerationConfig } from './model/generation-config.js';
import { HUB_PRECISIONS } from './model/hub-files.js';
import { fitsMemory, planBatch, planMemory, type MemoryPlan } from './model/memory-need.js';
import { describeModel, verifyModelFolder, type ModelDescription } from './model/model-folder.js';
import { DEFAULT_THREADS } from './model/onnx-session.js';
import { readGenerationConfig } from './model/open-model.js';
import { untilAborted } from './until-aborted.js';
import type {
  AudioSource,
  EngineOptions,
  TranscribeOptions,
  TranscriptChunk,
  TranscriptSummary,
} from './options.js';
import { readRunOptions, type RunOptions } from './run-options.js';
import { SequentialRun } from './sequential-run.js';
import { EnergySpans } from './vad/energy-spans.js';
import type { SpanFinder } from './vad/span-finder.js';
import { readSpeech } from './vad/speech-reader.js';
import { openVad, verifyVad } from './vad/vad-graph.js';
import { VadSpans } from './vad/vad-spans.js';

const MOST_WORKERS = 4;
const LARGEST_BATCH = 4;

interface EngineParts {
  vad: InferenceSession;
  pool: InferencePool;
  config: GenerationConfig;
  model: ModelDescription;
  plan: MemoryPlan;
  memoryLimit: number | undefined;
}

/** A loaded Whisper model. Inference runs on threads of its own; the thread that calls it looks for speech in between. */
export class WhisperEngine {
  /** Whether the model knows more than English. */
  readonly multilingual: boolean;
  /** Codes of the languages that the model knows; empty for English-only models. */
  readonly languages: readonly string[];
  /** Whether times of words can be had. */
  readonly wordTimes: boolean;
  private readonly disposing = new AbortController();

  private constructor(private readonly parts: EngineParts) {
    this.languages = [...parts.config.languages.keys()];
    this.multilingual = this.languages.length > 0;
    this.wordTimes = alignmentHeadsOf(parts.pool) > 0;
  }

  /**
   * Checks the files of the model against their checksums and loads them, in as many workers and for batches as large as memory allows.
   * @throws EngineError `model_invalid`, `model_checksum_mismatch`, `memory_insufficient`, `option_invalid`, `worker_lost`
   */
  static async load(options: EngineOptions): Promise<WhisperEngine> {
    const { modelDir, vadPath, precision, threads = DEFAULT_THREADS, batchSize = LARGEST_BATCH } = options;
    const { workers = Math.min(threads, MOST_WORKERS) } = options;
    if (precision !== undefined && !HUB_PRECISIONS.includes(precision)) {
      throw new EngineError('option_invalid', `precision is one of ${HUB_PRECISIONS.join(', ')}`);
    }
    for (const [name, value] of Object.entries({ threads, workers, batchSize })) {
      if (!Number.isInteger(value) || value < 1) {
        throw new EngineError('option_invalid', `${name} has to be a whole number above 0`);
      }
    }
    const { memoryLimit } = options;
    if (memoryLimit !== undefined && !(memoryLimit > 0)) {
      throw new EngineError('option_invalid', 'memoryLimit has to be a number of bytes above 0');
    }
    const model = await describeModel(modelDir, precision);
    await verifyModelFolder(model);
    await verifyVad(vadPath);
    const plan = planMemory(model, { workers, batchSize, beamSize: 1 }, memoryLimit);
    const config = await readGenerationConfig(modelDir);
    const vad = await openVad(vadPath);
    const workerThreads = Math.max(1, Math.floor(threads / plan.workers));
    const worker = { modelDir, precision, threads: workerThreads };
    const pool = await openInferencePool(plan.workers, worker).catch(async (error: unknown) => {
      await vad.release();
      throw error;
    });
    return new WhisperEngine({ vad, pool, config, model, plan, memoryLimit });
  }

  /**
   * Transcribes a stream of 16 kHz samples between -1 and 1, in blocks of any size: mono, or several channels that are transcribed
   * each by itself. Memory does not grow with its length. Chunks come in order of time as parts of the audio are finished; the
   * return value of the generator sums up. Nothing is read or computed before the first chunk is asked for; runs may overlap, and share
   * the workers.
   * @throws EngineError `language_unsupported`, `task_unsupported`, `option_invalid`, `checkpoint_invalid`, `audio_invalid`,
   *   `memory_insufficient`, `aborted`, `disposed`, `worker_lost`; whatever `audio` throws
   */
  async *transcribe(
    audio: AudioSource,
    options: TranscribeOptions = {},
  ): AsyncGenerator<TranscriptChunk, TranscriptSummary, undefined> {
    if (this.isDisposed()) throw disposed();
    const { pool, config } = this.parts;
    const { wordTimes, searchesAgain } = this;
    const run = readRunOptions(options, { config, wordTimes, searchesAgain });
    const batchSize = this.batchSizeOf(run);
    const end = new AbortController();
    const given = run.signal === undefined ? [] : [run.signal];
    const asked = AbortSignal.any([...given, this.disposing.signal]);
    const signal = AbortSignal.any([asked, end.signal]);
    const events = readSpeech(audio, () => this.spanFinder(run), signal, run.clock);
    const chunks = run.sequential
      ? new SequentialRun(pool, run, signal).run(events)
      : new BatchedRun(pool, run, batchSize, signal).run(events);
    try {
      return yield* untilAborted(chunks, asked);
    } catch (error) {
      throw this.isDisposed() ? disposed() : error;
    } finally {
      // Whoever stops listening wants no more text.
      end.abort();
    }
  }

  /**
   * Fulfilled once nothing is computed any more. A run that was given up has ended for its caller, but a worker may still be in a step
   * that cannot be interrupted: the encoder takes up to about a second for base, longer for larger models.
   * @throws EngineError `worker_lost` where a worker has ended, which a run that was given up does not tell
   */
  async idle(): Promise<void> {
    await this.parts.pool.untilIdle();
    this.parts.pool.assertWhole();
  }

  /** Ends all runs (`disposed`) and frees the memory of the model. */
  async dispose(): Promise<void> {
    if (this.isDisposed()) return;
    this.disposing.abort();
    await this.parts.pool.untilIdle();
    await this.parts.vad.release();
    await this.parts.pool.close();
  }

  /** In the layout of the hub each hypothesis would have a copy of the cross keys and values, and read it in every step. */
  private get searchesAgain(): boolean {
    const { model, plan, memoryLimit } = this.parts;
    const least = { workers: plan.workers, batchSize: 1, beamSize: 1, again: UNSURE_BEAM };
    return model.layout === 'fast' && fitsMemory(model, least, memoryLimit);
  }

  private isDisposed(): boolean {
    return this.disposing.signal.aborted;
  }

  /** Every text that is followed or drawn takes a row of a batch. */
  private batchSizeOf({ decode: { beamSize, bestOf, temperatures }, searchesAgain }: RunOptions): number {
    const { model, plan, memoryLimit } = this.parts;
    const [temperature = 0, ...further] = temperatures;
    const again = Math.max(searchesAgain ? UNSURE_BEAM : 1, further.length > 0 ? bestOf : 1);
    const rows = { first: temperature > 0 ? bestOf : beamSize, again };
    return planBatch(model, plan, rows, memoryLimit);
  }

  private spanFinder({ vad }: RunOptions): SpanFinder {
    return vad === null ? new EnergySpans(WINDOW_SAMPLES) : new VadSpans(this.parts.vad, WINDOW_SAMPLES, vad);
  }
}

/** @throws EngineError `model_invalid` for another graph, such as those of the versions of Silero VAD before 6 */
const disposed = (): EngineError => new EngineError('disposed', 'the engine has been disposed of');
