import { fileURLToPath } from 'node:url';
import { AppError } from '../errors/app-error.js';
import { DecoderProcesses } from './decoder-processes.js';
import type { MediaInfo } from './media-info.js';
import { type ProbeRequest, toInfo } from './media-probe.protocol.js';

const CHILD = fileURLToPath(new URL('./media-probe.child.js', import.meta.url));
const MAX_CHILDREN = 2;

export interface MediaProbeOptions {
  /** Time for one file, the start of the child included; waiting for a free place does not count. */
  readonly timeoutMs: number;
  /** Longer recordings are turned away; null: no limit. */
  readonly maxDurationSeconds: number | null;
}

/**
 * Looks at media files in child processes, each at one file at a time; a process that has refused a file meets no other. Two files are
 * looked at at a time; further calls wait for their turn.
 */
export class MediaProbe {
  private readonly processes = new DecoderProcesses(CHILD);
  private running = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly options: MediaProbeOptions) {}

  /**
   * Throws AppError: empty_file, unsupported_media, corrupt_media, too_many_tracks, no_audio, empty_audio, audio_too_long,
   * internal_error, service_unavailable.
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
    signal?.throwIfAborted();
    const decoder = this.processes.start(request);
    const abandon = (): void => {
      decoder.end(signal?.reason);
    };
    const timer = setTimeout(() => {
      decoder.end(tooSlow(this.options.timeoutMs));
    }, this.options.timeoutMs);
    signal?.addEventListener('abort', abandon, { once: true });
    try {
      const info = toInfo(await decoder.answer());
      this.processes.giveBack(decoder);
      return info;
    } catch (error) {
      decoder.end(error);
      this.processes.prepareNext();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abandon);
    }
  }
}

function tooSlow(timeoutMs: number): AppError {
  return new AppError(
    'corrupt_media',
    `Reading the beginning of the file took longer than ${timeoutMs / 1000} s.`,
  );
}
