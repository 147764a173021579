import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { DEFAULT_DECODING } from '../../../src/modules/jobs/decoding-options.view.js';
import type {
  EngineMessage,
  EngineRequest,
} from '../../../src/modules/transcription/engine/engine.protocol.js';
import { threads } from '../settings.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const CHILD = path.join(ROOT, 'dist/modules/transcription/engine/engine.child.js');

/** The engine child of the service without a service around it, its model loaded. */
export class BareEngine {
  private constructor(private readonly child: ChildProcess) {}

  static async start(): Promise<BareEngine> {
    const engine = new BareEngine(fork(CHILD, { serialization: 'advanced', env: {} }));
    await engine.ask(
      {
        type: 'load',
        modelDir: path.join(ROOT, 'models/whisper-base'),
        vadPath: path.join(ROOT, 'models/silero-vad/silero_vad_v6.onnx'),
        threads: threads(),
        memoryBytes: null,
        engines: 1,
        frugal: false,
      },
      ({ type }) => type === 'loaded',
    );
    return engine;
  }

  /** Milliseconds until all of the file is text. */
  transcribe(file: string): Promise<number> {
    return this.time(file, ({ type }) => type === 'finished');
  }

  /** Milliseconds until the first batch is text; the rest is not waited for. */
  async transcribeBatch(file: string): Promise<number> {
    const ms = await this.time(file, (message) => message.type === 'chunk' && message.segments.length > 0);
    await this.ask({ type: 'cancel' }, ({ type }) => type === 'cancelled');
    return ms;
  }

  stop(): void {
    this.child.kill();
  }

  private async time(file: string, isEnd: (message: EngineMessage) => boolean): Promise<number> {
    const began = performance.now();
    await this.ask(
      {
        type: 'transcribe',
        path: file,
        track: null,
        language: null,
        decoding: DEFAULT_DECODING,
        maxAudioSeconds: 86_400,
        resume: null,
        stages: false,
      },
      isEnd,
    );
    return performance.now() - began;
  }

  private ask(request: EngineRequest, isEnd: (message: EngineMessage) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const listen = (message: EngineMessage): void => {
        if (message.type === 'failed') reject(new Error(`The engine failed: ${message.diagnostics}`));
        else if (isEnd(message)) resolve();
        else return;
        this.child.off('message', listen);
      };
      this.child.on('message', listen);
      this.child.send(request);
    });
  }
}
