import { addAbortListener } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { AppError } from '../errors/app-error.js';
import { fileTooLarge } from '../errors/file-too-large.js';
import { reasonOf } from './time-limit.js';

/** How slow the bytes of a body may come. Only time that is spent waiting for them counts. */
export interface PaceLimits {
  /** Without a single byte. */
  readonly silenceMs: number;
  /** Within each window of `windowMs`, on average. */
  readonly minBytesPerSecond: number;
  readonly windowMs: number;
}

export interface BodyLimits {
  readonly maxBytes: number;
  readonly pace: PaceLimits;
}

/**
 * The body of an answer. It takes from the other side what its own reader takes, and ends well only when it is complete; else with
 * an AppError file_too_large, url_timeout or url_interrupted, or the reason of the signal. Then the connection is closed.
 */
export class GuardedBody extends Readable {
  private readonly pace: Pace;
  private readonly listening: Disposable;
  private received = 0;

  constructor(
    private readonly response: IncomingMessage,
    private readonly limits: BodyLimits,
    signal: AbortSignal,
  ) {
    super();
    this.pace = new Pace(limits.pace, (detail) => this.destroy(new AppError('url_timeout', detail)));
    this.listening = addAbortListener(signal, () => this.destroy(reasonOf(signal)));
    // What goes wrong before somebody reads is told when somebody does.
    this.on('error', () => undefined);
    response.pause();
    response.on('data', (chunk: Buffer) => {
      this.receive(chunk);
    });
    response.on('end', () => this.push(null));
    response.on('error', (cause) =>
      this.destroy(
        new AppError('url_interrupted', 'The other side broke off before the file was complete.', { cause }),
      ),
    );
  }

  override _read(): void {
    this.pace.resume();
    this.response.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.pace.pause();
    this.listening[Symbol.dispose]();
    this.response.destroy();
    callback(error);
  }

  private receive(chunk: Buffer): void {
    if (this.destroyed) return;
    this.received += chunk.length;
    if (this.received > this.limits.maxBytes) {
      this.destroy(fileTooLarge(this.limits.maxBytes));
      return;
    }
    this.pace.arrived(chunk.length);
    if (!this.push(chunk)) {
      this.pace.pause();
      this.response.pause();
    }
  }
}

/** Measures how fast bytes come while they are waited for. */
class Pace {
  private silence: NodeJS.Timeout | undefined;
  private waitingSince = 0;
  private windowMs = 0;
  private windowBytes = 0;

  constructor(
    private readonly limits: PaceLimits,
    private readonly fail: (detail: string) => void,
  ) {}

  resume(): void {
    if (this.silence !== undefined) return;
    this.waitingSince = performance.now();
    this.silence = setTimeout(() => {
      this.fail('The other side stopped sending.');
    }, this.limits.silenceMs);
  }

  pause(): void {
    if (this.silence === undefined) return;
    this.addWaiting();
    clearTimeout(this.silence);
    this.silence = undefined;
  }

  arrived(bytes: number): void {
    this.addWaiting();
    this.silence?.refresh();
    this.windowBytes += bytes;
    if (this.windowMs < this.limits.windowMs) return;
    const tooSlow = this.windowBytes < (this.limits.minBytesPerSecond * this.windowMs) / 1000;
    this.windowMs = 0;
    this.windowBytes = 0;
    if (tooSlow) this.fail('The other side sends too slowly.');
  }

  private addWaiting(): void {
    const now = performance.now();
    this.windowMs += now - this.waitingSince;
    this.waitingSince = now;
  }
}
