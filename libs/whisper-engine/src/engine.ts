import { basename, dirname } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { EngineError } from './errors.js';
import { verifyChecksums } from './model/checksums.js';
import { generationConfig, type GenerationConfig } from './model/generation-config.js';
import { readJson } from './model/json-file.js';
import { DEFAULT_THREADS, openSession } from './model/onnx-session.js';
import { FAST_GRAPHS } from './model/fast-graphs.js';
import { openGraphs } from './model/open-graphs.js';
import type { WhisperGraphs } from './model/whisper-graphs.js';
import { openTokenizer, type TokenDecoder } from './model/whisper-tokenizer.js';
import type { EngineOptions, TranscribeOptions, TranscriptChunk, TranscriptSummary } from './options.js';
import { Transcription } from './transcription.js';
import { WindowTranscriber } from './window-transcriber.js';

const REQUIRED = [
  ...Object.values(FAST_GRAPHS),
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
];

interface EngineParts {
  vad: InferenceSession;
  graphs: WhisperGraphs;
  config: GenerationConfig;
  tokenizer: TokenDecoder;
}

/**
 * A loaded Whisper model. Inference blocks the thread it is called on, for up to about a second at a time: servers keep an
 * engine in a process of its own.
 */
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
   * Checks the files of the model against their checksums and loads them.
   * @throws EngineError `model_invalid`, `model_checksum_mismatch`
   */
  static async load(options: EngineOptions): Promise<WhisperEngine> {
    const { modelDir, vadPath, threads = DEFAULT_THREADS } = options;
    if (!Number.isInteger(threads) || threads < 1) {
      throw new EngineError('option_invalid', 'threads has to be a whole number above 0');
    }
    await verifyChecksums(modelDir, REQUIRED);
    await verifyChecksums(dirname(vadPath), [basename(vadPath)]);
    const config = generationConfig(
      await readJson(modelDir, 'generation_config.json'),
      await readJson(modelDir, 'config.json'),
      await readJson(modelDir, 'tokenizer.json'),
    );
    const tokenizer = await openTokenizer(modelDir);
    const graphs = await openGraphs(modelDir, threads);
    if (graphs.vocabulary !== config.vocabulary) {
      throw new EngineError('model_invalid', 'the graphs and the JSON files belong to different models');
    }
    return new WhisperEngine({
      vad: await openSession(vadPath, 1),
      graphs,
      config,
      tokenizer,
    });
  }

  /**
   * Transcribes a stream of 16 kHz mono samples between -1 and 1, in blocks of any size. Memory does not grow with its length.
   * Chunks come in order of time as parts of the audio are finished; the return value of the generator sums up.
   * @throws EngineError `language_unsupported`, `aborted`, `disposed`; whatever `audio` throws
   */
  async *transcribe(
    audio: AsyncIterable<Float32Array> | Iterable<Float32Array>,
    options: TranscribeOptions = {},
  ): AsyncGenerator<TranscriptChunk, TranscriptSummary, undefined> {
    if (this.disposed) throw new EngineError('disposed', 'the engine has been disposed of');
    const { vad, graphs, tokenizer, config } = this.parts;
    const transcriber = new WindowTranscriber(graphs, tokenizer, config);
    const language = this.knownLanguage(options.language, config);
    return yield* new Transcription(vad, transcriber, {
      ...options,
      language,
      detect: this.multilingual,
    }).run(audio);
  }

  /** Frees the memory of the model. No transcription may be under way. */
  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await this.parts.vad.release();
    await this.parts.graphs.release();
  }

  /** The code to decode in, or null where it has to be detected. */
  private knownLanguage(asked: string | undefined, { languages }: GenerationConfig): string | null {
    if (!this.multilingual) {
      if (asked === undefined || asked === 'en') return 'en';
      throw new EngineError('language_unsupported', 'the model knows English only');
    }
    if (asked === undefined) return null;
    if (!languages.has(asked))
      throw new EngineError('language_unsupported', 'the model does not know that language');
    return asked;
  }
}
