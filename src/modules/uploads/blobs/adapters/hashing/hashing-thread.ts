import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ownsMemory, releaseBuffer } from '../release-buffer.js';
import { type HashBacklog, type HashOrder, type HashReply, sumBytes } from './file-hash.protocol.js';

const PROGRAM = fileURLToPath(new URL('./file-hash.worker.js', import.meta.url));

/** So much memory at most waits for one thread. */
const MOST_BACKLOG_BYTES = 8 * 2 ** 20;

/** A file that a thread hashes while it is written. */
export interface FollowedFile {
  /**
   * The first bytes of the file, as many as this, are there to be read and stay as they are.
   *
   * @param tail the last of them, which are the caller's no more
   */
  written(sizeBytes: number, tail?: readonly Uint8Array<ArrayBuffer>[]): void;
  /**
   * @param sizeBytes of the whole file
   * @param tail as in `written`
   * @returns hex
   * @throws when the file cannot be read, or the thread has ended
   */
  finish(sizeBytes: number, tail?: readonly Uint8Array<ArrayBuffer>[]): Promise<string>;
  abandon(): void;
}

/** One thread that hashes any number of files, each as far as it is written. */
export class HashingThread {
  private readonly pending = new Map<number, PromiseWithResolvers<string>>();
  private lastId = 0;
  private lost: Error | undefined;

  private readonly backlog: HashBacklog = new Int32Array(new SharedArrayBuffer(4));
  private readonly thread: Worker;

  constructor() {
    const thread = new Worker(PROGRAM, { workerData: this.backlog });
    this.thread = thread;
    // A thread that nobody needs does not keep its process alive.
    thread.unref();
    thread.on('message', (reply: HashReply) => {
      this.settle(reply);
    });
    thread.on('error', (cause) => {
      this.end(new Error('A hashing thread broke down', { cause }));
    });
    thread.on('exit', () => {
      this.end(new Error('A hashing thread ended'));
    });
  }

  get isLost(): boolean {
    return this.lost !== undefined;
  }

  get openFiles(): number {
    return this.pending.size;
  }

  follow(path: string): FollowedFile {
    const id = ++this.lastId;
    const answer = this.expect(id);
    const order = (type: HashOrder['type'], sizeBytes: number, tail: HashOrder['tail'] = []): void => {
      this.post({ id, type, path, sizeBytes, tail });
    };
    return {
      written: (sizeBytes, tail) => {
        order('written', sizeBytes, tail);
      },
      finish: (sizeBytes, tail) => {
        order('finish', sizeBytes, tail);
        return answer;
      },
      abandon: () => {
        order('abandon', 0);
        this.forget(id);
      },
    };
  }

  /** A thread that falls behind reads the file, which holds more than the memory should. */
  private post(order: HashOrder): void {
    const tail = order.tail.filter(ownsMemory);
    const bytes = sumBytes(tail);
    if (tail.length < order.tail.length || Atomics.load(this.backlog, 0) + bytes > MOST_BACKLOG_BYTES) {
      tail.forEach(releaseBuffer);
      this.thread.postMessage({ ...order, tail: [] });
      return;
    }
    Atomics.add(this.backlog, 0, bytes);
    this.thread.postMessage(
      order,
      tail.map(({ buffer }) => buffer),
    );
  }

  private expect(id: number): Promise<string> {
    const answer = Promise.withResolvers<string>();
    // Whoever asks for the hash hears of a failure; nobody has to.
    answer.promise.catch(() => undefined);
    if (this.lost !== undefined) answer.reject(this.lost);
    else this.pending.set(id, answer);
    this.thread.ref();
    return answer.promise;
  }

  private settle(reply: HashReply): void {
    const answer = this.pending.get(reply.id);
    if (reply.type === 'finished') answer?.resolve(reply.sha256);
    else answer?.reject(reply.error);
    this.forget(reply.id);
  }

  private forget(id: number): void {
    this.pending.delete(id);
    if (this.pending.size === 0) this.thread.unref();
  }

  private end(reason: Error): void {
    this.lost ??= reason;
    for (const { reject } of this.pending.values()) reject(reason);
    this.pending.clear();
  }
}
