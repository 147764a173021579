import { basename, dirname } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { WINDOW_SAMPLES } from './audio/log-mel.js';
import { BatchedRun } from './batched-run.js';
import { EngineError, throwIfAborted } from './errors.js';
import { InferencePool } from './inference/inference-pool.js';
import { verifyChecksums } from './model/checksums.js';
import type { GenerationConfig } from './model/generation-config.js';
import { planMemory } from './model/memory-need.js';
import { describeModel, verifyModelFolder } from './model/model-folder.js';
import { DEFAULT_THREADS, openSession } from './model/onnx-session.js';
import { readGenerationConfig } from './model/open-model.js';
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
import { VadSpans } from './vad/vad-spans.js';

const MOST_WORKERS = 4;
const LARGEST_BATCH = 4;

interface EngineParts {
  vad: InferenceSession;
  pool: InferencePool;
  config: GenerationConfig;
  largestBatch: number;
}

/** A loaded Whisper model. Inference runs on threads of its own; the thread that calls it looks for speech in between. */
export class WhisperEngine {
  readonly multilingual: boolean;
  /** Codes of the languages that the model knows; empty for English-only models. */
  readonly languages: readonly string[];
  private disposed = false;

  private constructor(private readonly parts: EngineParts) {
    this.languages = [...parts.config.languages.keys()];
    this.multilingual = this.languages.length > 0;
  }

  /**
   * Checks the files of the model against their checksums and loads them, in as many workers and for batches as large as memory allows.
   * @throws EngineError `model_invalid`, `model_checksum_mismatch`, `memory_insufficient`, `option_invalid`
   */
  static async load(options: EngineOptions): Promise<WhisperEngine> {
    const { modelDir, vadPath, precision, threads = DEFAULT_THREADS, batchSize = LARGEST_BATCH } = options;
    const { workers = Math.min(threads, MOST_WORKERS) } = options;
    for (const [name, value] of Object.entries({ threads, workers, batchSize })) {
      if (!Number.isInteger(value) || value < 1) {
        throw new EngineError('option_invalid', `${name} has to be a whole number above 0`);
      }
    }
    const model = await describeModel(modelDir, precision);
    await verifyModelFolder(model);
    await verifyChecksums(dirname(vadPath), [basename(vadPath)]);
    const plan = planMemory(model, { workers, batchSize, beamSize: 1 }, options.memoryLimit);
    const pool = await InferencePool.open(plan.workers, {
      modelDir,
      precision,
      threads: Math.max(1, Math.floor(threads / plan.workers)),
    });
    return new WhisperEngine({
      vad: await openSession(vadPath, 1),
      pool,
      config: await readGenerationConfig(modelDir),
      largestBatch: plan.batchSize,
    });
  }

  /**
   * Transcribes a stream of 16 kHz samples between -1 and 1, in blocks of any size: mono, or several channels that are transcribed
   * each by itself. Memory does not grow with its length. Chunks come in order of time as parts of the audio are finished; the
   * return value of the generator sums up.
   * @throws EngineError `language_unsupported`, `task_unsupported`, `option_invalid`, `checkpoint_invalid`, `audio_invalid`,
   *   `aborted`, `disposed`, `worker_lost`; whatever `audio` throws
   */
  async *transcribe(
    audio: AudioSource,
    options: TranscribeOptions = {},
  ): AsyncGenerator<TranscriptChunk, TranscriptSummary, undefined> {
    if (this.disposed) throw new EngineError('disposed', 'the engine has been disposed of');
    const { pool, config, largestBatch } = this.parts;
    const run = readRunOptions(options, config);
    const end = new AbortController();
    const signal = run.signal === undefined ? end.signal : AbortSignal.any([run.signal, end.signal]);
    const events = readSpeech(audio, () => this.spanFinder(run), run.signal);
    const chunks = run.sequential
      ? new SequentialRun(pool, run, signal).run(events)
      : new BatchedRun(pool, run, batchFor(run, largestBatch), signal).run(events);
    try {
      return yield* untilAborted(chunks, run.signal);
    } finally {
      // Whoever stops listening wants no more text.
      end.abort();
    }
  }

  /** Frees the memory of the model. No transcription may be under way. */
  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await this.parts.vad.release();
    await this.parts.pool.close();
  }

  private spanFinder({ vad }: RunOptions): SpanFinder {
    return vad === null ? new EnergySpans(WINDOW_SAMPLES) : new VadSpans(this.parts.vad, WINDOW_SAMPLES, vad);
  }
}

/** Ends at once when the signal fires, whatever is being waited for. */
async function* untilAborted<T, R>(
  source: AsyncGenerator<T, R, undefined>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, R, undefined> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => undefined);
  const abort = (): void => {
    reject(new EngineError('aborted', 'the transcription was aborted'));
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      throwIfAborted(signal);
      const next = await Promise.race([source.next(), aborted]);
      if (next.done === true) return next.value;
      yield next.value;
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    // Not awaited: it ends with what is under way.
    void source.return(undefined as R).catch(() => undefined);
  }
}

/** Beams are rows of a batch like windows. */
const batchFor = ({ decode: { beamSize } }: RunOptions, largest: number): number =>
  Math.max(1, Math.floor(largest / beamSize));
