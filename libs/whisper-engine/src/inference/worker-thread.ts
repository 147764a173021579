import { Worker } from 'node:worker_threads';
import { EngineError, isFailedAllocation, type EngineErrorCode } from '../errors.js';

/** What a thread says when it could not do what it was asked for. */
export interface WorkerFailure {
  readonly id: number;
  readonly type: 'failed';
  readonly code: EngineErrorCode | null;
  readonly message: string;
  readonly stack: string | undefined;
}

/** Its first message is a success or a failure of this request. */
export const OPENING = 0;

interface Pending<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that answers each order with one reply, in order. It has to take `{ type: 'release' }` for its end, and to look at the flag in
 * shared memory that it is given as `cancelled` in its data: the number of the last request that is to be given up.
 */
export class WorkerThread<Order extends { type: string }, Reply extends { id: number }> {
  private readonly pending = new Map<number, Pending<Reply>>();
  private readonly lastCancelled: Int32Array;
  private lastId = OPENING;
  private lost: Error | undefined;

  private constructor(
    private readonly thread: Worker,
    cancelled: SharedArrayBuffer,
  ) {
    this.lastCancelled = new Int32Array(cancelled);
    Atomics.store(this.lastCancelled, 0, OPENING - 1);
    thread.on('message', (reply: Reply | WorkerFailure) => {
      this.settle(reply);
    });
    thread.on('error', (cause) => {
      this.end(new EngineError('worker_lost', 'a worker of the engine broke down', { cause }));
    });
    thread.on('exit', () => {
      this.end(new EngineError('worker_lost', 'a worker of the engine ended'));
    });
  }

  /**
   * Starts a program and waits for its first message.
   * @throws EngineError `worker_lost`, and what the program gives as the reason of its failure
   */
  static async open<Order extends { type: string }, Reply extends { id: number }>(
    program: string,
    data: object,
  ): Promise<{ thread: WorkerThread<Order, Reply>; opened: Reply }> {
    const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const workerData = { ...data, cancelled };
    const thread = new WorkerThread<Order, Reply>(
      new Worker(program, { workerData, execArgv: inheritable(process.execArgv) }),
      cancelled,
    );
    const opened = await thread.reply(OPENING);
    // An engine that nobody uses does not keep its process alive.
    thread.thread.unref();
    return { thread, opened };
  }

  get isLost(): boolean {
    return this.lost !== undefined;
  }

  /** @throws EngineError `worker_lost` */
  assertAlive(): void {
    if (this.lost !== undefined) throw this.lost;
  }

  async ask(order: Order, signal?: AbortSignal, transfer: readonly ArrayBuffer[] = []): Promise<Reply> {
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

  /** Never ends the thread from outside: in the middle of a run that would end the whole process. */
  async close(release: Order): Promise<void> {
    if (this.lost === undefined) await this.ask(release).catch(() => undefined);
  }

  private reply(id: number): Promise<Reply> {
    return new Promise((resolve, reject) => this.pending.set(id, { resolve, reject }));
  }

  private settle(reply: Reply | WorkerFailure): void {
    const pending = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (isFailure(reply)) pending?.reject(asError(reply));
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

const isFailure = (reply: object): reply is WorkerFailure => 'type' in reply && reply.type === 'failed';

function asError({ code, message, stack }: WorkerFailure): Error {
  const error = code === null ? new Error(message) : new EngineError(code, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** What a thread answers when it failed. */
export function failure(id: number, error: unknown): WorkerFailure {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { id, type: 'failed', code: codeOf(error), message, stack };
}

function codeOf(error: unknown): EngineErrorCode | null {
  if (error instanceof EngineError) return error.code;
  return isFailedAllocation(error) ? 'memory_exhausted' : null;
}
