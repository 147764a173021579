import { fork, type ChildProcess } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import {
  currentLogContext,
  inLogContext,
  type LogContext,
} from '../../../../platform/logging/log-context.js';
import { readResidentBytes } from '../../../../platform/runtime/process-memory.js';
import type { EngineMessage, EngineRequest } from '../engine.protocol.js';
import { TranscriberLostError, type ModelFiles } from '../transcriber.port.js';
import { followOutput } from './child-output.js';
import { StallLimit } from './stall-limit.js';

/** The program of engine children. */
export const ENGINE_ENTRY = fileURLToPath(new URL('../engine.child.js', import.meta.url));
/** A child that is silent for longer hangs: it beats every few seconds, and what it computes itself takes less. */
export const SILENCE_LIMIT_MS = 60_000;
/** One that is silent for so long casts doubt on itself. */
const DOUBT_MS = 20_000;
const NO_WORK: LogContext = { requestId: null };
/** After these a child is at nobody's work. */
const ENDS: ReadonlySet<EngineMessage['type']> = new Set(['loaded', 'finished', 'failed', 'cancelled']);

/** Which model an engine runs, and whether with as little memory as it can. */
export interface EngineModelChoice extends ModelFiles {
  readonly frugal: boolean;
}

/** One engine child with one model. It is not mended: when it is lost its owner starts another. */
export class EngineProcess {
  private readonly logger = new Logger('engine');
  private readonly child: ChildProcess;
  private readonly ended = new AbortController();
  private readonly silence: StallLimit;
  private readonly onParentExit = (): void => {
    this.giveUp();
  };
  private killed = false;
  /** Of the work that was asked of it, which what it says belongs to: events of a child know nothing of that. */
  private context: LogContext = currentLogContext() ?? NO_WORK;
  /** On the clock of `performance`. */
  private heardAt = performance.now();

  /**
   * @param silenceMs after which a child that says nothing is taken to hang
   * @param onLost told why, when the child ends without having been told to
   */
  constructor(
    readonly model: EngineModelChoice,
    silenceMs: number,
    private readonly onLost: (reason: string) => void,
  ) {
    // Whoever comes later can tell by the number whether it has a parent still.
    this.child = fork(ENGINE_ENTRY, [String(process.pid)], {
      serialization: 'advanced',
      env: {},
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    followOutput(this.child, (text) => {
      this.inContext(() => {
        this.logger.debug('Output of the engine process', { text });
      });
    });
    this.silence = new StallLimit(silenceMs, this, 'The engine process does not answer and is replaced');
    this.child.on('message', ({ type }: EngineMessage) => {
      if (ENDS.has(type)) this.context = NO_WORK;
      this.heardAt = performance.now();
      this.silence.restart();
    });
    this.child.on('error', (error) => {
      this.inContext(() => {
        this.end(`could not run: ${error.message}`);
      });
    });
    // A child that is stopped does not notice that its parent is gone.
    process.once('exit', this.onParentExit);
    this.child.once('exit', (code, signal) => {
      this.inContext(() => {
        this.end(signal === null ? `ended with exit code ${code ?? 0}` : `was ended by ${signal}`);
      });
    });
  }

  get alive(): boolean {
    return !this.ended.signal.aborted;
  }

  /** Whether it was heard of a short while ago, whatever it is at. */
  get answers(): boolean {
    return this.alive && performance.now() - this.heardAt < DOUBT_MS;
  }

  /** Bytes that it has in use; 0 where the system does not tell, or when it has ended. */
  readMemory(): number {
    const { pid } = this.child;
    return pid === undefined || !this.alive ? 0 : (readResidentBytes(pid) ?? 0);
  }

  send(request: EngineRequest): void {
    if (request.type === 'transcribe') this.context = currentLogContext() ?? NO_WORK;
    // A child that could not be started has no channel.
    if (this.alive && this.child.connected) this.child.send(request, () => undefined);
  }

  /**
   * What the child says from now on.
   *
   * @throws TranscriberLostError when it dies
   */
  async *messages(): AsyncGenerator<EngineMessage> {
    try {
      for await (const [message] of on(this.child, 'message', { signal: this.ended.signal })) {
        yield message as EngineMessage;
      }
    } catch (error) {
      if (this.alive) throw error;
      throw new TranscriberLostError(`The engine process ${String(this.ended.signal.reason)}`);
    }
  }

  /** Ends the child at once: it keeps nothing that would have to be saved. */
  async kill(): Promise<void> {
    if (!this.alive) return;
    this.killed = true;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  /** Ends a child that hangs: its owner hears of it as of any loss. */
  giveUp(): void {
    this.child.kill('SIGKILL');
  }

  private inContext(tell: () => void): void {
    inLogContext(this.context, tell);
  }

  private end(reason: string): void {
    this.silence.end();
    process.off('exit', this.onParentExit);
    if (!this.alive) return;
    this.ended.abort(reason);
    if (!this.killed) this.onLost(reason);
  }
}
