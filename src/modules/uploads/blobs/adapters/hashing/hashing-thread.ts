import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { HashOrder, HashReply } from './file-hash.protocol.js';

const PROGRAM = fileURLToPath(new URL('./file-hash.worker.js', import.meta.url));

/** A file that a thread hashes while it is written. */
export interface FollowedFile {
  /** The first bytes of the file, as many as this, are there to be read and stay as they are. */
  written(sizeBytes: number): void;
  /**
   * @param sizeBytes of the whole file
   * @returns hex
   * @throws when the file cannot be read, or the thread has ended
   */
  finish(sizeBytes: number): Promise<string>;
  abandon(): void;
}

/** One thread that hashes any number of files, each as far as it is written. */
export class HashingThread {
  private readonly pending = new Map<number, PromiseWithResolvers<string>>();
  private lastId = 0;
  private lost: Error | undefined;

  constructor(private readonly thread = new Worker(PROGRAM)) {
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
    const order = (type: HashOrder['type'], sizeBytes: number): void => {
      this.thread.postMessage({ id, type, path, sizeBytes } satisfies HashOrder);
    };
    return {
      written: (sizeBytes) => {
        order('written', sizeBytes);
      },
      finish: (sizeBytes) => {
        order('finish', sizeBytes);
        return answer;
      },
      abandon: () => {
        order('abandon', 0);
        this.forget(id);
      },
    };
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
