import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { DocumentOutline } from './document-outline.js';
import type { DocxOrder, DocxReply } from './docx.protocol.js';

const PROGRAM = fileURLToPath(new URL('./docx.worker.js', import.meta.url));

/** Writes documents in a thread of its own, as one of hours of speech would hold up everybody. It begins with the first of them. */
@Injectable()
export class DocxWriter implements OnModuleDestroy {
  private readonly pending = new Map<number, PromiseWithResolvers<Uint8Array>>();
  private lastId = 0;
  private thread: Worker | undefined;

  async onModuleDestroy(): Promise<void> {
    await this.thread?.terminate();
  }

  /** @throws when the thread ends before it is written */
  write(outline: DocumentOutline): Promise<Uint8Array> {
    const id = ++this.lastId;
    const answer = Promise.withResolvers<Uint8Array>();
    this.pending.set(id, answer);
    this.thread ??= this.start();
    this.thread.postMessage({ id, outline } satisfies DocxOrder);
    return answer.promise;
  }

  private start(): Worker {
    const thread = new Worker(PROGRAM);
    // It does not keep its process alive: who waits for a document has a connection that does.
    thread.unref();
    thread.on('message', (reply: DocxReply) => {
      this.settle(reply);
    });
    thread.on('error', (cause) => {
      this.end(new Error('The thread that writes documents broke down', { cause }));
    });
    thread.on('exit', () => {
      this.end(new Error('The thread that writes documents ended'));
    });
    return thread;
  }

  private settle(reply: DocxReply): void {
    const answer = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (reply.type === 'written') answer?.resolve(reply.file);
    else answer?.reject(reply.error);
  }

  /** The next document begins another thread. */
  private end(reason: Error): void {
    this.thread = undefined;
    for (const { reject } of this.pending.values()) reject(reason);
    this.pending.clear();
  }
}
