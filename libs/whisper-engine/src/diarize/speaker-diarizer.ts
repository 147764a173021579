import { PcmBuffer } from '../audio/pcm-buffer.js';
import { SAMPLE_RATE } from '../audio/sample-rate.js';
import { EngineError, throwIfAborted } from '../errors.js';
import { WorkerPool } from '../inference/worker-pool.js';
import { mapInOrder } from '../map-in-order.js';
import { DEFAULT_THREADS } from '../model/onnx-session.js';
import type { AudioSource } from '../options.js';
import { orAborted, untilAborted } from '../until-aborted.js';
import { verifyVad } from '../vad/vad-graph.js';
import { BlockReader, type SoundBlock } from './block-reader.js';
import type { Diarization, DiarizationStep, DiarizeOptions, DiarizerOptions } from './diarization.js';
import { readDiarizationCheckpoint, type DiarizationCheckpoint } from './diarization-checkpoint.js';
import { verifyDiarizerFolder } from './diarizer-graphs.js';
import { DiarizerWorker } from './diarizer-worker.js';
import { readSpeakerLimits } from './speaker-limits.js';

/** A recording of one voice is not listened to beyond this (60 s). */
const LONGEST_VOICE = 60 * SAMPLE_RATE;

/**
 * Tells who speaks when. Inference runs on threads of its own. How: `libs/whisper-engine/README.md`, and the functions of this folder with
 * their sources.
 */
export class SpeakerDiarizer {
  private readonly disposing = new AbortController();

  private constructor(private readonly pool: WorkerPool<DiarizerWorker>) {}

  /**
   * Checks the files of the models against their checksums and loads them, once for each thread.
   * @throws EngineError `model_invalid`, `model_checksum_mismatch`, `option_invalid`, `worker_lost`
   */
  static async load({
    modelDir,
    vadPath,
    threads = DEFAULT_THREADS,
  }: DiarizerOptions): Promise<SpeakerDiarizer> {
    if (!Number.isInteger(threads) || threads < 1) {
      throw new EngineError('option_invalid', 'threads has to be a whole number above 0');
    }
    await verifyDiarizerFolder(modelDir);
    await verifyVad(vadPath);
    const models = { modelDir, vadPath };
    return new SpeakerDiarizer(await WorkerPool.open(threads, () => DiarizerWorker.open(models)));
  }

  /**
   * Listens to a stream of 16 kHz mono samples between -1 and 1, in blocks of any size. Steps come in order of time; the return value of
   * the generator is who speaks when, which is known at the end only. What is kept of the audio is about 150 bytes a second of speech. Nothing
   * is read or computed before the first step is asked for; runs may overlap, and share the workers.
   * @throws EngineError `option_invalid`, `checkpoint_invalid`, `audio_invalid`, `aborted`, `disposed`, `worker_lost`,
   *   `memory_exhausted`; whatever `audio` throws
   */
  async *diarize(
    audio: AudioSource,
    options: DiarizeOptions = {},
  ): AsyncGenerator<DiarizationStep, Diarization, undefined> {
    this.assertUsable();
    const limits = readSpeakerLimits(options);
    const resume = options.resume === undefined ? undefined : readDiarizationCheckpoint(options.resume);
    const end = new AbortController();
    const given = options.signal === undefined ? [] : [options.signal];
    const asked = AbortSignal.any([...given, this.disposing.signal]);
    const signal = AbortSignal.any([asked, end.signal]);
    const blocks = [...(resume?.blocks ?? [])];
    const reader = new BlockReader(blocks.length);
    try {
      yield* untilAborted(this.listen(reader.read(audio, signal), blocks, signal), asked);
      const concluded = this.pool.lend((worker) => worker.conclude(blocks, reader.end, limits, signal));
      return await orAborted(concluded, asked);
    } catch (error) {
      throw this.isDisposed() ? disposed() : error;
    } finally {
      // Whoever stops listening wants nothing more.
      end.abort();
    }
  }

  /**
   * The embedding (192 values of length 1) of the voice in a short recording of one person, of which the first 60 s are heard; null where
   * nobody speaks for a quarter of a second: of music and noise it learns nothing.
   * @throws EngineError `audio_invalid`, `aborted`, `disposed`, `worker_lost`, `memory_exhausted`; whatever `audio` throws
   */
  async embed(audio: AudioSource, { signal }: { signal?: AbortSignal } = {}): Promise<Float32Array | null> {
    this.assertUsable();
    const samples = await readVoice(audio, signal);
    if (samples.length === 0) return null;
    return this.pool.lend((worker) => worker.embed(samples, signal));
  }

  /**
   * Fulfilled once nothing is computed any more. A run that was given up has ended for its caller, but a worker may still be in a step that
   * cannot be interrupted: of about 0.2 s, or, at the end of a recording of hours, while voices are clustered, of some seconds.
   * @throws EngineError `worker_lost` where a worker has ended, which a run that was given up does not tell
   */
  async idle(): Promise<void> {
    await this.pool.untilIdle();
    this.pool.assertWhole();
  }

  /** Ends all runs (`disposed`) and frees the memory of the models. */
  async dispose(): Promise<void> {
    if (this.isDisposed()) return;
    this.disposing.abort();
    await this.pool.untilIdle();
    await this.pool.close();
  }

  private async *listen(
    sound: AsyncIterable<SoundBlock>,
    blocks: string[],
    signal: AbortSignal,
  ): AsyncGenerator<DiarizationStep, void, undefined> {
    const work = async (block: SoundBlock): Promise<{ end: number; heard: string }> => ({
      end: block.end,
      heard: await this.pool.lend((worker) => worker.listen(block, signal)),
    });
    for await (const { end, heard } of mapInOrder(sound, work, this.pool.size)) {
      blocks.push(heard);
      const checkpoint: DiarizationCheckpoint = { version: 1, position: end, blocks: [...blocks] };
      yield { position: end / SAMPLE_RATE, checkpoint };
    }
  }

  private isDisposed(): boolean {
    return this.disposing.signal.aborted;
  }

  private assertUsable(): void {
    if (this.isDisposed()) throw disposed();
  }
}

/** The samples of a short recording. */
async function readVoice(
  audio: AudioSource,
  signal: AbortSignal | undefined,
): Promise<Float32Array<ArrayBuffer>> {
  const pcm = new PcmBuffer();
  for await (const block of audio) {
    throwIfAborted(signal);
    if (!(block instanceof Float32Array)) {
      throw new EngineError('audio_invalid', 'a voice comes in blocks of one Float32Array, mono');
    }
    pcm.append(block.subarray(0, LONGEST_VOICE - pcm.end));
    if (pcm.end >= LONGEST_VOICE) break;
  }
  pcm.silence(0);
  return pcm.read(0, pcm.end) as Float32Array<ArrayBuffer>;
}

const disposed = (): EngineError => new EngineError('disposed', 'the diarizer has been disposed of');
