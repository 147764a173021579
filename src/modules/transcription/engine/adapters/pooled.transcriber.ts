import { Logger } from '@nestjs/common';
import type { ModelFiles, Transcriber, TranscriptionEvent, TranscriptionInput } from '../transcriber.port.js';
import { ENGINE_ENTRY } from './engine-process.js';
import { endOrphanedEngines } from './orphaned-engines.js';

/** Several engines side by side, for as many recordings at the same time. */
export class PooledTranscriber implements Transcriber {
  private readonly logger = new Logger(PooledTranscriber.name);
  private readonly free: Transcriber[];

  constructor(private readonly all: readonly Transcriber[]) {
    this.free = [...all];
  }

  async warmUp(model: ModelFiles): Promise<void> {
    await this.clearAway();
    await Promise.all(this.all.map((one) => one.warmUp(model)));
  }

  async *transcribe(input: TranscriptionInput, signal: AbortSignal): AsyncGenerator<TranscriptionEvent> {
    const one = this.free.pop();
    if (one === undefined) throw new Error('There are more recordings at the same time than engines');
    try {
      yield* one.transcribe(input, signal);
    } finally {
      this.free.push(one);
    }
  }

  async assertReady(): Promise<void> {
    await Promise.all(this.all.map((one) => one.assertReady()));
  }

  readMemory(): number {
    return this.all.reduce((sum, one) => sum + one.readMemory(), 0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((one) => one.stop()));
  }

  /** Engines of a service that was killed hold the memory that those of this one need. */
  private async clearAway(): Promise<void> {
    const pids = await endOrphanedEngines(ENGINE_ENTRY);
    if (pids.length > 0) this.logger.warn('Engines that had lost their service were ended', { pids });
  }
}
