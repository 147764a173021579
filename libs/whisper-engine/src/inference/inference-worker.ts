import { fileURLToPath } from 'node:url';
import type { LanguageVote } from '../decode/language-detection.js';
import { sumStages, type StageTime } from '../stage-clock.js';
import type { SpeechWindow } from '../vad/window-packer.js';
import type { DecodeOptions } from '../decode/decode-options.js';
import type { WindowText } from '../window-transcriber.js';
import type { InferenceOrder, InferenceReply, WorkerModel } from './inference.protocol.js';
import { WorkerThread } from './worker-thread.js';

const PROGRAM = fileURLToPath(new URL('./inference.worker.js', import.meta.url));

/** One thread with a model. It works off one batch at a time: encode, then decode. */
export class InferenceWorker {
  private stages: StageTime[] = [];

  private constructor(
    private readonly thread: WorkerThread<InferenceOrder, InferenceReply>,
    readonly alignmentHeads: number,
  ) {}

  /** @throws EngineError `model_invalid`, `worker_lost` */
  static async open(model: WorkerModel): Promise<InferenceWorker> {
    const { thread, opened } = await WorkerThread.open<InferenceOrder, InferenceReply>(PROGRAM, model);
    return new InferenceWorker(thread, opened.type === 'opened' ? opened.alignmentHeads : 0);
  }

  get isLost(): boolean {
    return this.thread.isLost;
  }

  /** @throws EngineError `worker_lost` */
  assertAlive(): void {
    this.thread.assertAlive();
  }

  /** Also what the orders took that are given meanwhile. */
  async measured<T>(work: () => Promise<T>): Promise<{ result: T; stages: StageTime[] }> {
    // Of a run that was given up.
    this.stages = [];
    return { result: await work(), stages: this.stages };
  }

  /** What the model takes windows for; they stay with the caller. */
  async vote(windows: readonly SpeechWindow[], signal?: AbortSignal): Promise<readonly LanguageVote[]> {
    return this.start(windows, signal, []);
  }

  /** Takes the samples of the windows over. */
  async encode(windows: readonly SpeechWindow[], signal?: AbortSignal): Promise<readonly LanguageVote[]> {
    return this.start(windows, signal, transferable(windows));
  }

  private async start(
    windows: readonly SpeechWindow[],
    signal: AbortSignal | undefined,
    transfer: readonly ArrayBuffer[],
  ): Promise<readonly LanguageVote[]> {
    const reply = await this.thread.ask({ type: 'encode', windows }, signal, transfer);
    if (reply.type !== 'encoded') throw new TypeError('a worker gave the wrong answer');
    this.note(reply.stages);
    return reply.votes;
  }

  /** The text of each window that was encoded last. */
  async decode(
    languages: readonly (string | null)[],
    options: DecodeOptions,
    signal?: AbortSignal,
  ): Promise<readonly WindowText[]> {
    const reply = await this.thread.ask({ type: 'decode', languages, options }, signal);
    if (reply.type !== 'decoded') throw new TypeError('a worker gave the wrong answer');
    this.note(reply.stages);
    return reply.texts;
  }

  private note(stages: readonly StageTime[]): void {
    this.stages = sumStages([...this.stages, ...stages]);
  }

  close(): Promise<void> {
    return this.thread.close({ type: 'release' });
  }
}

function transferable(windows: readonly SpeechWindow[]): ArrayBuffer[] {
  return windows.flatMap(({ samples: { buffer } }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
}
