import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { EngineMessage } from '../engine.protocol.js';
import {
  TranscriberLostError,
  type ModelFiles,
  type Transcriber,
  type TranscriptionEvent,
  type TranscriptionInput,
} from '../transcriber.port.js';
import type { ReplacementReason } from '../engine.metrics.js';
import { EngineGrowth } from './engine-growth.js';
import { EngineProcess, SILENCE_LIMIT_MS, type EngineModelChoice } from './engine-process.js';
import { EngineTrial } from './engine-trial.js';
import { StallLimit } from './stall-limit.js';

export interface ChildProcessTranscriberOptions {
  readonly vadPath: string;
  readonly threads: number;
  /** Null: what the machine allows. */
  readonly memoryBytes: number | null;
  /** Among how many engines that is shared. */
  readonly engines: number;
  /** How long an engine may be at one step, whatever that is, before it is taken to hang. */
  readonly stallMs: number;
  /** By how much an engine may grow before it is replaced between two recordings; 0: as it likes. */
  readonly growthBytes: number;
  /** Told when an engine gives way to another. */
  readonly onReplaced?: (reason: ReplacementReason) => void;
}

interface LoadingEngine {
  readonly process: EngineProcess;
  readonly loaded: Promise<void>;
  readonly trial: EngineTrial;
  readonly growth: EngineGrowth;
}

/** How long a cancelled engine may take to stop by itself, before it is ended. */
const CANCEL_LIMIT_MS = 1000;
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
  private transcribing = false;

  constructor(private readonly options: ChildProcessTranscriberOptions) {}

  async warmUp({ dir, revision }: ModelFiles): Promise<void> {
    await this.open({ dir, revision, frugal: false });
  }

  async *transcribe(input: TranscriptionInput, signal: AbortSignal): AsyncGenerator<TranscriptionEvent> {
    const { model, frugal, ...order } = input;
    const { dir, revision } = model;
    const current = await this.openUntil(signal, { dir, revision, frugal });
    const { process: engine, trial } = current;
    this.transcribing = true;
    const messages = engine.messages();
    engine.send({ type: 'transcribe', ...order });
    const stopCancelling = this.cancelOn(signal, engine);
    const stall = new StallLimit(this.options.stallMs, engine);
    let settled = false;
    try {
      yield { type: 'started' };
      for await (const message of messages) {
        if (message.type === 'beat') continue;
        stall.restart();
        settled = isLast(message);
        trial.noteWork();
        if (message.type === 'chunk' || message.type === 'finished') yield message;
        if (message.type === 'failed') throw this.failure(message);
        if (message.type === 'cancelled') signal.throwIfAborted();
        if (settled) return;
      }
    } finally {
      this.transcribing = false;
      stall.end();
      stopCancelling();
      // Whoever stops listening early must not meet leftovers of this recording in the next one.
      if (settled) await this.recycle(current);
      else await engine.kill();
    }
  }

  /** Between two recordings nobody misses an engine; the next one may come before it is back, and waits for it then. */
  private async recycle({ process, growth }: LoadingEngine): Promise<void> {
    if (!process.alive || !growth.isTooMuch(process.readMemory())) return;
    this.logger.log('The engine has grown and is replaced');
    await process.kill();
    this.options.onReplaced?.('grown');
    void this.replace(process.model);
  }

  async assertReady(): Promise<void> {
    if (this.current?.process.alive !== true) {
      throw new AppError('service_unavailable', 'The engine is not running.');
    }
    if (!this.current.process.answers) {
      throw new AppError('service_unavailable', 'The engine does not answer.');
    }
    await this.current.loaded;
    // While a recording is transcribed, the limit on its steps ends an engine that answers and does not get on.
    if (!this.transcribing) this.current.trial.assertWorks();
  }

  readMemory(): number {
    return this.current?.process.readMemory() ?? 0;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    // Nobody waits for a model any more.
    await this.current?.process.kill();
    await this.opening.catch(() => undefined);
    await this.current?.process.kill();
  }

  /** An engine that has nothing else to do. Loading cannot be interrupted: when the signal trips, the process that is at it is ended. */
  private async openUntil(signal: AbortSignal, model: EngineModelChoice): Promise<LoadingEngine> {
    const giveUp = (): void => {
      this.current?.process.giveUp();
    };
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const engine = await this.open(model, signal);
      await engine.trial.end();
      return engine;
    } finally {
      signal.removeEventListener('abort', giveUp);
      // Rather than what became of the engine.
      signal.throwIfAborted();
    }
  }

  private open(model: EngineModelChoice, signal?: AbortSignal): Promise<LoadingEngine> {
    const opened = this.opening.catch(() => undefined).then(() => this.openNext(model, signal));
    this.opening = opened;
    return opened;
  }

  private async openNext(model: EngineModelChoice, signal?: AbortSignal): Promise<LoadingEngine> {
    signal?.throwIfAborted();
    if (this.current?.process.alive !== true || !isSame(this.current.process.model, model)) {
      if (this.current?.process.alive === true) this.options.onReplaced?.('model');
      await this.current?.process.kill();
      signal?.throwIfAborted();
      if (this.stopping.signal.aborted) throw new TranscriberLostError('The engine was stopped');
      this.current = this.start(model);
    }
    const engine = this.current;
    await engine.loaded;
    return engine;
  }

  private start(model: EngineModelChoice): LoadingEngine {
    const silenceMs = Math.min(SILENCE_LIMIT_MS, this.options.stallMs);
    const process = new EngineProcess(model, silenceMs, (reason) => {
      this.logger.warn(`The engine process ${reason}`);
      this.options.onReplaced?.('lost');
      void this.replace(model);
    });
    const loaded = this.load(process);
    // Whoever awaits it hears of a failure; nobody has to.
    loaded.catch(() => undefined);
    return {
      process,
      loaded,
      trial: new EngineTrial(process),
      growth: new EngineGrowth(this.options.growthBytes),
    };
  }

  /** A lost engine comes back without anybody asking, so that the next recording need not wait for it. */
  private async replace(model: EngineModelChoice): Promise<void> {
    const { signal } = this.stopping;
    for (
      let pause = REPLACE_PAUSE_MS;
      !signal.aborted;
      pause = Math.min(2 * pause, LONGEST_REPLACE_PAUSE_MS)
    ) {
      await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
      if (this.current?.process.alive === true) return;
      const opened = await this.open(model).then(
        () => true,
        () => false,
      );
      if (opened) return;
    }
  }

  private async load(process: EngineProcess): Promise<void> {
    const messages = process.messages();
    const { vadPath, threads, memoryBytes, engines, stallMs } = this.options;
    const { dir: modelDir, frugal } = process.model;
    process.send({ type: 'load', modelDir, frugal, vadPath, threads, memoryBytes, engines });
    const stall = new StallLimit(stallMs, process);
    try {
      for await (const message of messages) {
        if (message.type === 'loaded') return;
        if (message.type === 'failed') throw await this.loadFailure(process, message);
      }
    } finally {
      stall.end();
    }
  }

  private async loadFailure(
    process: EngineProcess,
    { code, detail, diagnostics }: Extract<EngineMessage, { type: 'failed' }>,
  ): Promise<AppError> {
    this.logger.error('The model could not be loaded', { diagnostics });
    await process.kill();
    if (code === 'model_too_large') return new AppError(code, detail);
    return new AppError('service_unavailable', 'The model could not be loaded.');
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

function isSame(a: EngineModelChoice, b: EngineModelChoice): boolean {
  return a.dir === b.dir && a.revision === b.revision && a.frugal === b.frugal;
}

function isLast(message: EngineMessage): boolean {
  return message.type === 'finished' || message.type === 'failed' || message.type === 'cancelled';
}
