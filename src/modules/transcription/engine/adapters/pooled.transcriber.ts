import type { ModelFiles, Transcriber, TranscriptionEvent, TranscriptionInput } from '../transcriber.port.js';

/** Several engines side by side, for as many recordings at the same time. */
export class PooledTranscriber implements Transcriber {
  private readonly free: Transcriber[];

  constructor(private readonly all: readonly Transcriber[]) {
    this.free = [...all];
  }

  async warmUp(model: ModelFiles): Promise<void> {
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
}
