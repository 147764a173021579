import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { AppError } from '../errors/app-error.js';

const HEAP_LIMIT_MB = 128;
/** Native memory is outside of the heap limit, so the process is looked at while it works (where the system has /proc). */
const MEMORY_LIMIT_KB = 768 * 1024;
const MEMORY_CHECK_MS = 100;
/** Its number in the child, behind the three standard streams and the channel for messages. */
export const OUTPUT_FD = 4;

/**
 * A child process in which the native decoder meets one file at a time. Asked once it answers once, and may write bytes meanwhile. A
 * file that crashes it, blocks it or makes it fat takes nothing else with it. Unless it is asked it keeps nobody from leaving.
 */
export class DecoderProcess {
  private readonly child: ChildProcess;
  private readonly ended = new AbortController();
  private watch: NodeJS.Timeout | undefined;
  private answered: Promise<unknown>;
  private questions = 0;

  /** @throws AppError service_unavailable when no process can be started */
  constructor(program: string) {
    this.child = fork(program, [], {
      // Not the environment of the service: it holds secrets, and the child opens what strangers sent.
      env: {},
      // The parent's own: tests run the sources by them.
      execArgv: [...process.execArgv, `--max-old-space-size=${HEAP_LIMIT_MB}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe'],
    });
    // A child that cannot be started says so here, at a time when nobody may be waiting for it.
    this.child.on('error', () => undefined);
    if (this.child.pid === undefined) {
      throw new AppError('service_unavailable', 'The service is too busy to examine the file.', {
        retryAfter: 5,
      });
    }
    this.answered = this.receive();
    this.rest();
  }

  get isAlive(): boolean {
    return this.child.connected && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What it writes; simply ends when the child does. */
  get output(): Socket {
    const output = this.child.stdio[OUTPUT_FD];
    if (!(output instanceof Socket)) throw new Error('The child was started without its output');
    return output;
  }

  /** How many files it has met. */
  get asked(): number {
    return this.questions;
  }

  ask(request: object): void {
    this.questions += 1;
    this.watch = setInterval(() => void this.limitMemory(), MEMORY_CHECK_MS).unref();
    this.child.ref();
    this.child.channel?.ref();
    this.output.ref();
    this.child.send(request, () => undefined);
  }

  /**
   * The message of the child.
   *
   * @throws AppError corrupt_media when the decoder goes down over the file or takes too much memory, service_unavailable when
   * somebody else ended it, internal_error
   * @throws the reason that it was ended for
   */
  answer(): Promise<unknown> {
    return this.answered;
  }

  /** After its answer: it may be asked again. */
  release(): void {
    this.answered = this.receive();
    this.rest();
  }

  /** Kills it; the first reason counts, and none after the answer. */
  end(reason: unknown): void {
    clearInterval(this.watch);
    this.ended.abort(reason);
    this.child.kill('SIGKILL');
  }

  private rest(): void {
    clearInterval(this.watch);
    // Whoever asks for the answer hears of a failure; nobody has to.
    this.answered.catch(() => undefined);
    this.child.unref();
    this.child.channel?.unref();
    this.output.unref();
  }

  private async receive(): Promise<unknown> {
    const finished = new AbortController();
    const signal = AbortSignal.any([this.ended.signal, finished.signal]);
    try {
      const answered: Promise<unknown[]> = once(this.child, 'message', { signal });
      const exited = leave(this.child, signal);
      // The loser of the race is told to stop waiting; nobody listens to it any more.
      answered.catch(() => undefined);
      exited.catch(() => undefined);
      const [first, killedBy] = await Promise.race([answered, exited]);
      if (typeof first === 'object' && first !== null) return first;
      throw died(first, killedBy);
    } catch (error) {
      this.ended.signal.throwIfAborted();
      throw error;
    } finally {
      finished.abort();
    }
  }

  private async limitMemory(): Promise<void> {
    const status = await readFile(`/proc/${String(this.child.pid)}/status`, 'utf8').catch(() => '');
    const residentKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    if (residentKb > MEMORY_LIMIT_KB) {
      this.end(
        new AppError('corrupt_media', 'Reading the file takes more memory than any sound file should.'),
      );
    }
  }
}

/** How the child left. On a busy machine that is told before its last message is: the channel ends behind all of them. */
async function leave(child: ChildProcess, signal: AbortSignal): Promise<unknown[]> {
  const left: unknown[] = await once(child, 'exit', { signal });
  if (child.connected) await once(child, 'disconnect', { signal });
  return left;
}

/**
 * A decoder that goes down over a file leaves by a signal of its own making. What ends it from outside, such as the system when
 * memory runs out, says nothing about the file; a code means that the child itself is at fault.
 */
function died(exitCode: unknown, killedBy: unknown): AppError {
  if (killedBy === 'SIGKILL' || killedBy === 'SIGTERM') {
    return new AppError('service_unavailable', 'The file could not be read to its end just now.', {
      cause: killedBy,
      retryAfter: 5,
    });
  }
  if (typeof killedBy === 'string') {
    return new AppError('corrupt_media', 'The file is damaged in a way that makes the decoder fail.', {
      cause: killedBy,
    });
  }
  return new AppError('internal_error', 'The file could not be examined.', {
    cause: `The decoder's process left with code ${String(exitCode)}.`,
  });
}
