import { fileURLToPath } from 'node:url';
import { WorkerThread } from '../inference/worker-thread.js';
import type { SoundBlock } from './block-reader.js';
import type { SpeakerLimits } from './cluster-voices.js';
import type { Diarization } from './diarization.js';
import type { DiarizerModels, DiarizerOrder, DiarizerReply } from './diarizer.protocol.js';

const PROGRAM = fileURLToPath(new URL('./diarizer.worker.js', import.meta.url));

/** One thread with the graphs that tell speakers apart. */
export class DiarizerWorker {
  private constructor(private readonly thread: WorkerThread<DiarizerOrder, DiarizerReply>) {}

  /** @throws EngineError `model_invalid`, `worker_lost` */
  static async open(models: DiarizerModels): Promise<DiarizerWorker> {
    const { thread } = await WorkerThread.open<DiarizerOrder, DiarizerReply>(PROGRAM, models);
    return new DiarizerWorker(thread);
  }

  get isLost(): boolean {
    return this.thread.isLost;
  }

  /** @throws EngineError `worker_lost` */
  assertAlive(): void {
    this.thread.assertAlive();
  }

  /**
   * What is heard in a block, as a checkpoint has it. Takes the samples over.
   * @throws EngineError `aborted`, `worker_lost`, `memory_exhausted`
   */
  async listen({ samples, ...block }: SoundBlock, signal?: AbortSignal): Promise<string> {
    const reply = await this.thread.ask({ type: 'listen', block, samples }, signal, [samples.buffer]);
    if (reply.type !== 'heard') throw new TypeError('a worker gave the wrong answer');
    return reply.pieces;
  }

  /**
   * The embedding of one voice, of length 1, or null where nobody speaks. Takes the samples over.
   * @throws EngineError `aborted`, `worker_lost`, `memory_exhausted`
   */
  async embed(samples: Float32Array<ArrayBuffer>, signal?: AbortSignal): Promise<Float32Array | null> {
    const reply = await this.thread.ask({ type: 'embed', samples }, signal, [samples.buffer]);
    if (reply.type !== 'embedded') throw new TypeError('a worker gave the wrong answer');
    return reply.embedding;
  }

  /**
   * Who speaks when, of all blocks.
   * @throws EngineError `aborted`, `checkpoint_invalid`, `worker_lost`, `memory_exhausted`
   */
  async conclude(
    blocks: readonly string[],
    samples: number,
    limits: SpeakerLimits,
    signal?: AbortSignal,
  ): Promise<Diarization> {
    const reply = await this.thread.ask({ type: 'conclude', blocks, samples, limits }, signal);
    if (reply.type !== 'concluded') throw new TypeError('a worker gave the wrong answer');
    return reply.diarization;
  }

  close(): Promise<void> {
    return this.thread.close({ type: 'release' });
  }
}
