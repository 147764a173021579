import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { EngineMessage } from '../engine.protocol.js';
import {
  TranscriberLostError,
  type Transcriber,
  type TranscriptionEvent,
  type TranscriptionInput,
} from '../transcriber.port.js';
import { EngineProcess } from './engine-process.js';

export interface ChildProcessTranscriberOptions {
  readonly vadPath: string;
  readonly threads: number;
  /** Null: what the machine allows. */
  readonly memoryBytes: number | null;
}

interface LoadingEngine {
  readonly process: EngineProcess;
  readonly loaded: Promise<void>;
}

/** How long a cancelled engine may take to stop by itself, before it is ended. */
const CANCEL_LIMIT_MS = 1500;
/** Pause before a lost engine is replaced; it doubles while that fails. */
const REPLACE_PAUSE_MS = 500;
const LONGEST_REPLACE_PAUSE_MS = 60_000;

/** Keeps one engine child with a loaded model ready, and replaces it when it is lost or another model is asked for. */
export class ChildProcessTranscriber implements Transcriber {
  private readonly logger = new Logger(ChildProcessTranscriber.name);
  private readonly stopping = new AbortController();
  private current: LoadingEngine | undefined;
  /** Engines are opened one after the other, so that two who ask at once do not start two. */
  private opening: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ChildProcessTranscriberOptions) {}

  async warmUp(modelDir: string): Promise<void> {
    await this.open(modelDir);
  }

  async *transcribe(input: TranscriptionInput, signal: AbortSignal): AsyncGenerator<TranscriptionEvent> {
    const engine = await this.open(input.modelDir);
    signal.throwIfAborted();
    const messages = engine.messages();
    const { path, track, language, maxAudioSeconds } = input;
    engine.send({ type: 'transcribe', path, track, language, maxAudioSeconds });
    const stopCancelling = this.cancelOn(signal, engine);
    let settled = false;
    try {
      for await (const message of messages) {
        settled = isLast(message);
        if (message.type === 'chunk' || message.type === 'finished') yield message;
        if (message.type === 'failed') throw this.failure(message);
        if (message.type === 'cancelled') signal.throwIfAborted();
        if (settled) return;
      }
    } finally {
      stopCancelling();
      // Whoever stops listening early must not meet leftovers of this recording in the next one.
      if (!settled) await engine.kill();
    }
  }

  async assertReady(): Promise<void> {
    if (this.current?.process.alive !== true) {
      throw new AppError('service_unavailable', 'The engine is not running.');
    }
    await this.current.loaded;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.opening.catch(() => undefined);
    await this.current?.process.kill();
  }

  private open(modelDir: string): Promise<EngineProcess> {
    const opened = this.opening.catch(() => undefined).then(() => this.openNext(modelDir));
    this.opening = opened;
    return opened;
  }

  private async openNext(modelDir: string): Promise<EngineProcess> {
    if (this.current?.process.alive !== true || this.current.process.modelDir !== modelDir) {
      await this.current?.process.kill();
      if (this.stopping.signal.aborted) throw new TranscriberLostError('The engine was stopped');
      this.current = this.start(modelDir);
    }
    const { process, loaded } = this.current;
    await loaded;
    return process;
  }

  private start(modelDir: string): LoadingEngine {
    const process = new EngineProcess(modelDir, (reason) => {
      this.logger.warn(`The engine process ${reason}`);
      void this.replace(modelDir);
    });
    const loaded = this.load(process);
    // Whoever awaits it hears of a failure; nobody has to.
    loaded.catch(() => undefined);
    return { process, loaded };
  }

  /** A lost engine comes back without anybody asking, so that the next recording need not wait for it. */
  private async replace(modelDir: string): Promise<void> {
    const { signal } = this.stopping;
    for (
      let pause = REPLACE_PAUSE_MS;
      !signal.aborted;
      pause = Math.min(2 * pause, LONGEST_REPLACE_PAUSE_MS)
    ) {
      await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
      if (this.current?.process.alive === true) return;
      const opened = await this.open(modelDir).then(
        () => true,
        () => false,
      );
      if (opened) return;
    }
  }

  private async load(process: EngineProcess): Promise<void> {
    const messages = process.messages();
    process.send({ type: 'load', modelDir: process.modelDir, ...this.options });
    for await (const message of messages) {
      if (message.type === 'loaded') return;
      if (message.type === 'failed') {
        this.logger.error('The model could not be loaded', { diagnostics: message.diagnostics });
        await process.kill();
        if (message.code === 'model_too_large') throw new AppError(message.code, message.detail);
        throw new AppError('service_unavailable', 'The model could not be loaded.');
      }
    }
  }

  /** Asks the engine to stop when the signal trips, and ends it when it does not. */
  private cancelOn(signal: AbortSignal, engine: EngineProcess): () => void {
    let limit: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      engine.send({ type: 'cancel' });
      limit = setTimeout(() => void engine.kill(), CANCEL_LIMIT_MS);
    };
    signal.addEventListener('abort', cancel, { once: true });
    return () => {
      clearTimeout(limit);
      signal.removeEventListener('abort', cancel);
    };
  }

  private failure({ code, detail, diagnostics }: Extract<EngineMessage, { type: 'failed' }>): AppError {
    this.logger.warn('A recording could not be transcribed', { code, diagnostics });
    return new AppError(code, detail);
  }
}

function isLast(message: EngineMessage): boolean {
  return message.type === 'finished' || message.type === 'failed' || message.type === 'cancelled';
}
