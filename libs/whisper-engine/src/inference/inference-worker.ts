import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { LanguageVote } from '../decode/language-detection.js';
import { EngineError } from '../errors.js';
import type { SpeechWindow } from '../vad/window-packer.js';
import type { DecodeOptions } from '../decode/decode-options.js';
import type { WindowText } from '../window-transcriber.js';
import {
  OPENING,
  type InferenceOrder,
  type InferenceReply,
  type WorkerData,
  type WorkerModel,
} from './inference.protocol.js';

const PROGRAM = fileURLToPath(new URL('./inference.worker.js', import.meta.url));

interface Pending {
  readonly resolve: (reply: InferenceReply) => void;
  readonly reject: (error: Error) => void;
}

/** One thread with a model. It works off one batch at a time: encode, then decode. */
export class InferenceWorker {
  private readonly pending = new Map<number, Pending>();
  private readonly lastCancelled: Int32Array;
  private lastId = OPENING;
  private lost: Error | undefined;
  private heads = 0;

  private constructor(
    private readonly thread: Worker,
    cancelled: SharedArrayBuffer,
  ) {
    this.lastCancelled = new Int32Array(cancelled);
    Atomics.store(this.lastCancelled, 0, OPENING - 1);
    thread.on('message', (reply: InferenceReply) => {
      this.settle(reply);
    });
    thread.on('error', (cause) => {
      this.end(new EngineError('worker_lost', 'a worker of the engine broke down', { cause }));
    });
    thread.on('exit', () => {
      this.end(new EngineError('worker_lost', 'a worker of the engine ended'));
    });
  }

  /** @throws EngineError `model_invalid`, `worker_lost` */
  static async open(model: WorkerModel): Promise<InferenceWorker> {
    const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const data: WorkerData = { ...model, cancelled };
    const worker = new InferenceWorker(
      new Worker(PROGRAM, { workerData: data, execArgv: inheritable(process.execArgv) }),
      cancelled,
    );
    const opened = await worker.reply(OPENING);
    if (opened.type === 'opened') worker.heads = opened.alignmentHeads;
    // An engine that nobody uses does not keep its process alive.
    worker.thread.unref();
    return worker;
  }

  get isLost(): boolean {
    return this.lost !== undefined;
  }

  /** @throws EngineError `worker_lost` */
  assertAlive(): void {
    if (this.lost !== undefined) throw this.lost;
  }

  get alignmentHeads(): number {
    return this.heads;
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
    const reply = await this.ask({ type: 'encode', windows }, signal, transfer);
    if (reply.type !== 'encoded') throw new TypeError('a worker gave the wrong answer');
    return reply.votes;
  }

  /** The text of each window that was encoded last. */
  async decode(
    languages: readonly (string | null)[],
    options: DecodeOptions,
    signal?: AbortSignal,
  ): Promise<readonly WindowText[]> {
    const reply = await this.ask({ type: 'decode', languages, options }, signal);
    if (reply.type !== 'decoded') throw new TypeError('a worker gave the wrong answer');
    return reply.texts;
  }

  /** Never ends the thread from outside: in the middle of a run that would end the whole process. */
  async close(): Promise<void> {
    if (this.lost === undefined) await this.ask({ type: 'release' }).catch(() => undefined);
  }

  private async ask(
    order: InferenceOrder,
    signal?: AbortSignal,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<InferenceReply> {
    this.assertAlive();
    const id = ++this.lastId;
    const cancel = (): void => {
      Atomics.store(this.lastCancelled, 0, id);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) cancel();
    this.thread.ref();
    try {
      this.thread.postMessage({ ...order, id }, transfer);
      return await this.reply(id);
    } finally {
      signal?.removeEventListener('abort', cancel);
      if (this.pending.size === 0) this.thread.unref();
    }
  }

  private reply(id: number): Promise<InferenceReply> {
    return new Promise((resolve, reject) => this.pending.set(id, { resolve, reject }));
  }

  private settle(reply: InferenceReply): void {
    const pending = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (reply.type === 'failed') pending?.reject(asError(reply));
    else pending?.resolve(reply);
  }

  private end(reason: Error): void {
    this.lost ??= reason;
    for (const { reject } of this.pending.values()) reject(reason);
    this.pending.clear();
  }
}

/** What a program was started with is not for the programs of its threads. */
function inheritable(execArgv: readonly string[]): string[] {
  return execArgv.filter(
    (arg, index) =>
      !/^(--input-type|--eval|--print|-[ep]+$)/.test(arg) &&
      !/^(--eval|--print|-[ep]+)$/.test(execArgv[index - 1] ?? ''),
  );
}

function transferable(windows: readonly SpeechWindow[]): ArrayBuffer[] {
  return windows.flatMap(({ samples: { buffer } }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
}

function asError({ code, message, stack }: Extract<InferenceReply, { type: 'failed' }>): Error {
  const error = code === null ? new Error(message) : new EngineError(code, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
