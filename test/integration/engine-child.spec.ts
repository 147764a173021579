import { fork, type ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
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
/** Of sched(7). */
const SCHED_IDLE = 5;

let child: ChildProcess;

afterEach(() => {
  child.kill('SIGKILL');
});

describe('an engine child', () => {
  it(
    'lets the service and the database go first, which have to answer while it computes',
    async () => {
      await startWith('run-sources');
      const pid = child.pid ?? 0;
      const threads = await readdir(`/proc/${pid}/task`);
      const all = await Promise.all(
        threads.map((thread) => schedulingOf(`/proc/${pid}/task/${thread}/stat`)),
      );

      expect(getPriority(pid)).toBeGreaterThan(getPriority());
      // Those that compute are the main thread and what came after it.
      expect(all.filter(({ nice }) => nice === getPriority(pid)).length).toBeGreaterThan(1);
      expect(all.every(({ policy }) => policy === SCHED_IDLE)).toBe(true);
    },
    LIMIT_MS,
  );

  it(
    'that loses a worker while its recording is cancelled ends, so that it is replaced',
    async () => {
      const said = await startWith('lose-engine-workers');
      transcribe();
      await waitFor(() => child.exitCode !== null || said.includes('cancelled'));

      expect(child.exitCode).toBe(1);
      expect(said).not.toContain('cancelled');
    },
    LIMIT_MS,
  );

  it(
    'that has no memory left ends rather than fail the recording, so that it is tried again with less',
    async () => {
      const said = await startWith('exhaust-memory');
      transcribe();
      await waitFor(() => child.exitCode !== null || said.includes('failed'));

      expect(child.exitCode).toBe(1);
      expect(said).not.toContain('failed');
    },
    LIMIT_MS,
  );
});

/** As proc(5) numbers the fields: 19 and 41. */
async function schedulingOf(file: string): Promise<{ nice: number; policy: number }> {
  // After the name of the program, which may hold anything.
  const fields = (await readFile(file, 'utf8')).replace(/^.*\) /s, '').split(' ');
  return { nice: Number(fields[19 - 3]), policy: Number(fields[41 - 3]) };
}

function transcribe(): void {
  const path = fixturePath('clips/en/words_exact.flac');
  const order = { track: null, language: 'en', decoding: DEFAULT_DECODING, maxAudioSeconds: 60 };
  send({ type: 'transcribe', path, ...order, resume: null, stages: false });
}

/** One with a model, that something will happen to. Returns the kinds of what it says. */
async function startWith(disaster: string): Promise<string[]> {
  const said: string[] = [];
  const imports = ['run-sources', disaster].map((name) => `--import=./test/support/${name}.mjs`);
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
