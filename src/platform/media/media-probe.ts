import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AppError } from '../errors/app-error.js';
import type { MediaInfo } from './media-info.js';
import { type ProbeRequest, isProbeAnswer, toInfo } from './media-probe.protocol.js';

const CHILD = fileURLToPath(new URL('./media-probe.child.js', import.meta.url));
const HEAP_LIMIT_MB = 128;
/** Native memory is outside of the heap limit, so the process is looked at while it works (where the system has /proc). */
const MEMORY_LIMIT_KB = 768 * 1024;
const MEMORY_CHECK_MS = 100;
const MAX_CHILDREN = 2;

export interface MediaProbeOptions {
  /** Time for one file, the start of the child included; waiting for a free place does not count. */
  readonly timeoutMs: number;
  /** Longer recordings are turned away; null: no limit. */
  readonly maxDurationSeconds: number | null;
}

/**
 * Looks at a media file in a child process of its own: a file that crashes, blocks or fattens the native decoder takes
 * nothing else with it. Two files are looked at at a time; further calls wait for their turn.
 */
export class MediaProbe {
  private running = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly options: MediaProbeOptions) {}

  /**
   * Throws AppError: empty_file, unsupported_media, corrupt_media, too_many_tracks, no_audio, empty_audio, audio_too_long,
   * internal_error.
   * When `signal` is aborted the child is killed and the signal's reason is thrown.
   */
  async probe(path: string, signal?: AbortSignal): Promise<MediaInfo> {
    await this.enter(signal);
    try {
      return await this.probeInChild({ path, maxDurationSeconds: this.options.maxDurationSeconds }, signal);
    } finally {
      this.leave();
    }
  }

  private async enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.running < MAX_CHILDREN) {
      this.running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const give = (): void => {
        signal?.removeEventListener('abort', abandon);
        resolve();
      };
      const abandon = (): void => {
        this.waiting.delete(give);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('The wait was given up.'));
      };
      signal?.addEventListener('abort', abandon, { once: true });
      this.waiting.add(give);
    });
  }

  /** The place is handed over, so the count stays. */
  private leave(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.running -= 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }

  private async probeInChild(request: ProbeRequest, signal: AbortSignal | undefined): Promise<MediaInfo> {
    const timeout = AbortSignal.timeout(this.options.timeoutMs);
    const memory = new AbortController();
    const stop = AbortSignal.any([timeout, memory.signal, ...(signal === undefined ? [] : [signal])]);
    // No inherited environment: it holds the service's secrets, and the child opens what strangers sent.
    const child = fork(CHILD, [], {
      env: {},
      execArgv: [`--max-old-space-size=${HEAP_LIMIT_MB}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // A child that cannot be started says so here, at a time when nobody may be waiting for it.
    child.on('error', () => undefined);
    if (child.pid === undefined) {
      throw new AppError('service_unavailable', 'The service is too busy to examine the file.', {
        retryAfter: 5,
      });
    }
    const watch = setInterval(() => {
      void residentKb(child).then((kb) => {
        if (kb > MEMORY_LIMIT_KB) memory.abort();
      });
    }, MEMORY_CHECK_MS);
    watch.unref();
    try {
      return await exchange(child, request, stop);
    } catch (error) {
      signal?.throwIfAborted();
      if (timeout.aborted) throw tooSlow(this.options.timeoutMs, error);
      if (memory.signal.aborted) throw tooBig(error);
      throw error;
    } finally {
      clearInterval(watch);
      child.kill('SIGKILL');
    }
  }
}

async function exchange(child: ChildProcess, request: ProbeRequest, stop: AbortSignal): Promise<MediaInfo> {
  const finished = new AbortController();
  const signal = AbortSignal.any([stop, finished.signal]);
  try {
    const answered: Promise<unknown[]> = once(child, 'message', { signal });
    const exited = leave(child, signal);
    // The loser of the race is told to stop waiting; nobody listens to it any more.
    answered.catch(() => undefined);
    exited.catch(() => undefined);
    child.send(request, () => undefined);
    const [first, killedBy] = await Promise.race([answered, exited]);
    if (isProbeAnswer(first)) return toInfo(first);
    throw died(first, killedBy);
  } finally {
    finished.abort();
  }
}

/** How the child left. On a busy machine that is told before its last message is: the channel ends behind all of them. */
async function leave(child: ChildProcess, signal: AbortSignal): Promise<unknown[]> {
  const left: unknown[] = await once(child, 'exit', { signal });
  if (child.connected) await once(child, 'disconnect', { signal });
  return left;
}

/** A signal means that the decoder went down over this file; a code means that the child itself is at fault. */
function died(exitCode: unknown, killedBy: unknown): AppError {
  if (typeof killedBy === 'string') {
    return new AppError('corrupt_media', 'The file is damaged in a way that makes the decoder fail.', {
      cause: killedBy,
    });
  }
  return new AppError('internal_error', 'The file could not be examined.', {
    cause: `The probe's child left with code ${String(exitCode)}.`,
  });
}

function tooSlow(timeoutMs: number, cause: unknown): AppError {
  return new AppError(
    'corrupt_media',
    `Reading the beginning of the file took longer than ${timeoutMs / 1000} s.`,
    { cause },
  );
}

function tooBig(cause: unknown): AppError {
  return new AppError(
    'corrupt_media',
    'Reading the beginning of the file takes more memory than any sound file should.',
    {
      cause,
    },
  );
}

async function residentKb(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${String(child.pid)}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}
