import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WhisperEngine } from '../../src/engine.js';
import type { HubPrecision } from '../../src/model/hub-files.js';
import { WHISPER_LANGUAGES } from '../../src/model/whisper-languages.js';
import { MODEL_DIR, VAD_PATH, openEngine, sample } from './engine.fixture.js';
import { MINIATURE } from './miniature.fixture.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'engine-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function copyOfModel(): string {
  const copy = join(folder, 'model');
  cpSync(MODEL_DIR, copy, { recursive: true });
  return copy;
}

const load = (modelDir: string): Promise<WhisperEngine> =>
  WhisperEngine.load({ modelDir, vadPath: VAD_PATH });

const LIMIT_MS = 60_000;

describe('loading a model', () => {
  it(
    'tells which languages it knows',
    async () => {
      const engine = await openEngine();
      expect(engine.multilingual).toBe(true);
      expect(engine.languages).toHaveLength(99);
      for (const code of engine.languages) expect(WHISPER_LANGUAGES[code]).toBeDefined();
      await engine.dispose();
    },
    LIMIT_MS,
  );

  it('refuses a folder without a model', async () => {
    await expect(load(folder)).rejects.toMatchObject({ code: 'model_invalid' });
  });

  it('refuses a model whose files differ from their checksums', async () => {
    const copy = copyOfModel();
    appendFileSync(join(copy, 'onnx/log_mel.onnx'), ' ');
    await expect(load(copy)).rejects.toMatchObject({
      code: 'model_checksum_mismatch',
      message: expect.stringContaining('log_mel.onnx'),
    });
  });

  it('refuses a model of which a file is missing', async () => {
    const copy = copyOfModel();
    rmSync(join(copy, 'tokenizer.json'));
    await expect(load(copy)).rejects.toMatchObject({ code: 'model_invalid' });
  });

  it('never names the folder in its errors', async () => {
    await expect(load(folder)).rejects.not.toMatchObject({ message: expect.stringContaining(folder) });
  });

  it(
    'takes a VAD without checksums beside it, and holds it against those that are there',
    async () => {
      const vadPath = join(folder, 'vad.onnx');
      cpSync(VAD_PATH, vadPath);
      const options = { modelDir: MINIATURE, vadPath, threads: 1 };
      const engine = await WhisperEngine.load(options);
      await engine.dispose();
      writeFileSync(join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  vad.onnx\n`);
      await expect(WhisperEngine.load(options)).rejects.toMatchObject({
        code: 'model_checksum_mismatch',
        message: expect.stringContaining('vad.onnx'),
      });
    },
    LIMIT_MS,
  );

  it('refuses a VAD that is none, or of another version', async () => {
    const vadPath = join(folder, 'vad.onnx');
    cpSync(join(MINIATURE, 'onnx/encoder_model_quantized.onnx'), vadPath);
    await expect(WhisperEngine.load({ modelDir: MINIATURE, vadPath })).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringContaining('vad.onnx'),
    });
  });

  it('refuses a precision that there is not, naming those that there are', async () => {
    const options = { modelDir: MINIATURE, vadPath: VAD_PATH, precision: 'int4' as HubPrecision };
    await expect(WhisperEngine.load(options)).rejects.toMatchObject({
      code: 'option_invalid',
      message: expect.stringContaining('q4f16'),
    });
  });

  it(
    'refuses what does not fit into memory: the model, or what a run asks for',
    async () => {
      const options = { modelDir: MODEL_DIR, vadPath: VAD_PATH, threads: 1 };
      await expect(WhisperEngine.load({ ...options, memoryLimit: 100e6 })).rejects.toMatchObject({
        code: 'memory_insufficient',
        message: expect.stringContaining('0.10 GB'),
      });
      const engine = await WhisperEngine.load({ ...options, memoryLimit: 850e6 });
      const wide = engine.transcribe([new Float32Array(16_000)], { beamSize: 20 });
      await expect(wide.next()).rejects.toMatchObject({ code: 'memory_insufficient' });
      await engine.dispose();
    },
    LIMIT_MS,
  );

  it('refuses a number of threads that makes no sense', async () => {
    const options = { modelDir: MODEL_DIR, vadPath: VAD_PATH, threads: 0 };
    await expect(WhisperEngine.load(options)).rejects.toMatchObject({ code: 'option_invalid' });
  });
});

describe('an engine that has been disposed of', () => {
  it(
    'ends the runs that were under way',
    async () => {
      const engine = await openEngine();
      const run = engine.transcribe([sample(), sample()], { language: 'en' }).next();
      const ended = expect(run).rejects.toMatchObject({ code: 'disposed' });
      await engine.dispose();
      await ended;
    },
    LIMIT_MS,
  );

  it(
    'transcribes nothing more, and can be disposed of again',
    async () => {
      const engine = await openEngine();
      await engine.dispose();
      await engine.dispose();
      await expect(engine.transcribe([sample()]).next()).rejects.toMatchObject({ code: 'disposed' });
    },
    LIMIT_MS,
  );
});
