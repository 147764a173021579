import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_DECODING } from '../../src/modules/jobs/decoding-options.view.js';
import type { EngineMessage, EngineRequest } from '../../src/modules/transcription/engine/engine.protocol.js';
import { BUNDLED_DIR } from '../../src/modules/transcription/models/store/model-store.js';
import { fixturePath } from '../support/api-client.js';
import { MINIATURE_DIR } from '../support/miniature-model.js';
import { waitFor } from '../support/wait-for.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const LIMIT_MS = 60_000;

let child: ChildProcess;

afterEach(() => {
  child.kill('SIGKILL');
});

describe('an engine child', () => {
  it(
    'that loses a worker while its recording is cancelled ends, so that it is replaced',
    async () => {
      const said = await startLosing();
      const path = fixturePath('clips/en/words_exact.flac');
      const order = { track: null, language: 'en', decoding: DEFAULT_DECODING, maxAudioSeconds: 60 };
      send({ type: 'transcribe', path, ...order, resume: null });
      await waitFor(() => child.exitCode !== null || said.includes('cancelled'));

      expect(child.exitCode).toBe(1);
      expect(said).not.toContain('cancelled');
    },
    LIMIT_MS,
  );
});

/** One with a model, that will lose its workers. Returns the kinds of what it says. */
async function startLosing(): Promise<string[]> {
  const said: string[] = [];
  const imports = ['run-sources', 'lose-engine-workers'].map((name) => `--import=./test/support/${name}.mjs`);
  child = fork(path.join(ROOT, 'src/modules/transcription/engine/engine.child.ts'), {
    cwd: ROOT,
    serialization: 'advanced',
    execArgv: ['--conditions=source', ...imports],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.on('message', ({ type }: EngineMessage) => said.push(type));
  const vadPath = path.join(BUNDLED_DIR, 'silero-vad/silero_vad_v6.onnx');
  send({
    type: 'load',
    modelDir: MINIATURE_DIR,
    vadPath,
    threads: 1,
    memoryBytes: null,
    engines: 1,
    frugal: false,
  });
  await waitFor(() => said.includes('loaded'), { what: 'the model to be loaded' });
  return said;
}

function send(request: EngineRequest): void {
  child.send(request);
}
