import { fork, type ChildProcess } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { AppError } from '../../../../platform/errors/app-error.js';
import { followOutput } from './child-output.js';
import { StallLimit } from './stall-limit.js';
import {
  type Diarizer,
  DiarizerLostError,
  type HeardSpeakers,
  type HeardVoice,
  type ListeningInput,
  type ListeningStep,
  type RecordingPart,
} from '../diarizer.port.js';
import type { DiarizerMessage, DiarizerRequest, DiarizerSettings } from '../diarizer.protocol.js';

export interface ChildProcessDiarizerOptions extends DiarizerSettings {
  /** How long it may be at one step, whatever that is, before it is taken to hang. */
  readonly stallMs: number;
}

const ENTRY = fileURLToPath(new URL('../diarizer.child.js', import.meta.url));

/**
 * Starts a process for each recording, which ends with it: its models are small and quickly loaded, and its memory is free again while
 * others are transcribed.
 */
export class ChildProcessDiarizer implements Diarizer {
  private readonly logger = new Logger('diarizer');

  constructor(private readonly options: ChildProcessDiarizerOptions) {}

  async *listen(
    input: ListeningInput,
    signal: AbortSignal,
  ): AsyncGenerator<ListeningStep, HeardSpeakers, undefined> {
    const messages = this.ask({ ...this.settings, type: 'listen', ...input }, signal);
    for await (const message of messages) {
      if (message.type === 'step') yield { position: message.position, state: message.state };
      if (message.type === 'heard') return message.speakers;
    }
    throw new DiarizerLostError('The diarizer ended without a result');
  }

  async hearVoice(path: string, signal: AbortSignal, part?: RecordingPart): Promise<HeardVoice> {
    const messages = this.ask({ ...this.settings, type: 'voice', path, part: part ?? null }, signal);
    for await (const message of messages) if (message.type === 'voice') return message;
    throw new DiarizerLostError('The diarizer ended without a result');
  }

  private get settings(): DiarizerSettings {
    const { modelDir, vadPath, threads } = this.options;
    return { modelDir, vadPath, threads };
  }

  private async *ask(request: DiarizerRequest, signal: AbortSignal): AsyncGenerator<DiarizerMessage> {
    signal.throwIfAborted();
    const child = this.start();
    const gone = new AbortController();
    const lost = (how: string): void => {
      gone.abort(how);
    };
    child.on('error', (error) => {
      lost(`could not run: ${error.message}`);
    });
    child.once('exit', (code, killedBy) => {
      lost(killedBy === null ? `ended with exit code ${code ?? 0}` : `was ended by ${killedBy}`);
    });
    const stall = new StallLimit(
      this.options.stallMs,
      { giveUp: () => child.kill('SIGKILL') },
      'Telling speakers apart does not get on and is ended',
    );
    try {
      const messages = on(child, 'message', { signal: AbortSignal.any([gone.signal, signal]) });
      child.send(request, () => undefined);
      for await (const [message] of messages as AsyncIterable<[DiarizerMessage]>) {
        stall.restart();
        if (message.type === 'failed') throw this.failure(message);
        yield message;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (gone.signal.aborted) throw new DiarizerLostError(`The diarizer ${String(gone.signal.reason)}`);
      throw error;
    } finally {
      stall.end();
      await end(child);
    }
  }

  private start(): ChildProcess {
    const child = fork(ENTRY, [], {
      serialization: 'advanced',
      env: {},
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    followOutput(child, (text) => {
      this.logger.debug('Output of the diarizer', { text });
    });
    return child;
  }

  private failure({ code, detail, diagnostics }: Extract<DiarizerMessage, { type: 'failed' }>): AppError {
    this.logger.warn('Speakers could not be told apart', { code, diagnostics });
    return new AppError(code, detail);
  }
}

/** At once: it keeps nothing that would have to be saved. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
