import { cp, mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ModelCatalogueService } from '../../src/modules/transcription/models/model-catalogue.service.js';
import { BUNDLED_DIR, ModelStore } from '../../src/modules/transcription/models/store/model-store.js';
import { loadAppConfig } from '../../src/platform/config/app-config.js';
import type { Environment } from '../../src/platform/config/setting.js';
import { MINIATURE_DIR } from '../support/miniature-model.js';
import { ModelRoom } from '../support/model-room.js';

let room: ModelRoom;

beforeEach(async () => {
  room = await ModelRoom.open();
});

afterEach(async () => {
  await room.close();
});

const openStore = (): ModelStore => new ModelStore(room.path());

function openCatalogue(environment: Environment = {}): ModelCatalogueService {
  return new ModelCatalogueService(loadAppConfig(environment, false), openStore());
}

async function copyMiniature(name: string): Promise<string> {
  const dir = room.path(`whisper-${name}`);
  await cp(MINIATURE_DIR, dir, { recursive: true });
  return dir;
}

describe('a folder that was copied by hand', () => {
  it('is a model in the layout of the hub', async () => {
    const dir = await copyMiniature('tiny');

    expect(await openStore().findReady('tiny')).toMatchObject({ dir, bundled: false });
    expect((await openStore().findReady('tiny'))?.model.languages).toContain('de');
  });

  it('is a model in the layout of the bundled one', async () => {
    await cp(path.join(BUNDLED_DIR, 'whisper-base'), room.path('whisper-small'), { recursive: true });

    expect(await openStore().findReady('small')).toMatchObject({ bundled: false });
  });

  it('is a model where it is a link to elsewhere', async () => {
    await mkdir(room.path());
    await symlink(MINIATURE_DIR, room.path('whisper-tiny'));

    expect(await openStore().findReady('tiny')).not.toBeNull();
  });

  it.each(['quantized', 'int8', 'uint8', 'q4', 'fp16', null])(
    'is a model with the precision %s',
    async (name) => {
      const dir = await copyMiniature('tiny');
      const suffix = name === null ? '' : `_${name}`;
      for (const file of await readdir(path.join(dir, 'onnx'))) {
        if (file.includes('fp16')) await rm(path.join(dir, 'onnx', file));
      }
      for (const graph of ['encoder_model', 'decoder_model_merged']) {
        await rename(
          path.join(dir, 'onnx', `${graph}_quantized.onnx`),
          path.join(dir, 'onnx', `${graph}${suffix}.onnx`),
        );
      }

      expect(await openStore().findReady('tiny')).not.toBeNull();
    },
  );

  it.each([
    [['tokenizer.json'], /has no tokenizer\.json/],
    [['config.json', 'tokenizer_config.json'], /has no config\.json, tokenizer_config\.json/],
    [
      ['onnx/encoder_model_quantized.onnx', 'onnx/decoder_model_merged_fp16.onnx'],
      /has no onnx\/decoder_model_merged_fp16\.onnx/,
    ],
    [['onnx'], /has no onnx\/encoder_model\*\.onnx with/],
    [['preprocessor_config.json'], /has no preprocessor_config\.json/],
  ])('is none without %j, and the list says so', async (missing, reason) => {
    const dir = await copyMiniature('tiny');
    for (const name of missing) await rm(path.join(dir, name), { recursive: true });

    expect(await openStore().findReady('tiny')).toBeNull();
    expect(await room.openModels().get('tiny')).toMatchObject({
      state: 'available',
      reason: expect.stringMatching(reason),
    });
  });

  it('is none where one of its files is a link to nowhere', async () => {
    const dir = await copyMiniature('tiny');
    await rm(path.join(dir, 'tokenizer.json'));
    await symlink('nowhere', path.join(dir, 'tokenizer.json'));

    expect(await openStore().findDefect('tiny')).toBe('The model has no tokenizer.json.');
  });

  it('is none in the layout of the bundled one when nothing says what its files must hash to', async () => {
    await cp(path.join(BUNDLED_DIR, 'whisper-base'), room.path('whisper-small'), { recursive: true });
    await rm(room.path('whisper-small', 'SHA256SUMS'));

    expect(await openStore().findDefect('small')).toBe('The model has no SHA256SUMS.');
  });

  it.each([
    [2, 'The model has no onnx/encoder_model_quantized.onnx_data_1.'],
    [true, 'The model has no onnx/decoder_model_merged_quantized.onnx_data.'],
    [{ encoder_model: 2 }, 'The model has no onnx/encoder_model_quantized.onnx_data_1.'],
    [
      { 'encoder_model_quantized.onnx': 2, encoder_model: 9 },
      'The model has no onnx/encoder_model_quantized.onnx_data_1.',
    ],
    [{ 'encoder_model.onnx': 2 }, null],
  ])('is none without the weights that %j promises beside its graphs', async (declared, defect) => {
    const dir = await copyMiniature('tiny');
    const file = path.join(dir, 'config.json');
    const config = JSON.parse(await readFile(file, 'utf8')) as object;
    const declaring = { ...config, 'transformers.js_config': { use_external_data_format: declared } };
    await writeFile(file, JSON.stringify(declaring));
    await writeFile(path.join(dir, 'onnx/encoder_model_quantized.onnx_data'), '');

    expect(await openStore().findDefect('tiny')).toBe(defect);
  });

  it('is none when its languages cannot be read', async () => {
    const dir = await copyMiniature('tiny');
    await writeFile(path.join(dir, 'generation_config.json'), '{"lang_to_id":');

    expect(await openStore().findReady('tiny')).toBeNull();
    expect(await openStore().findDefect('tiny')).toMatch(/generation_config/);
  });

  it('is none when its settings do not say what the engine has to know', async () => {
    const dir = await copyMiniature('tiny');
    await writeFile(path.join(dir, 'config.json'), '{}');

    expect(await openStore().findDefect('tiny')).toBe('d_model of the model is not a number.');
  });

  it('does not have to be one of ours', async () => {
    await mkdir(room.path('whisper-unheard-of'), { recursive: true });

    expect((await room.openModels().list()).filter(({ state }) => state === 'ready')).toMatchObject([
      { name: 'base', bundled: true },
    ]);
  });
});

describe('a request', () => {
  it('gets the model that it names, never another', async () => {
    const dir = await copyMiniature('tiny');
    const catalogue = openCatalogue();

    expect(await catalogue.resolve('tiny')).toMatchObject({ name: 'tiny', dir });
    await expect(catalogue.resolve('small')).rejects.toThrow(/model_not_ready.*Ready: tiny, base\./);
    await expect(catalogue.resolve('huge')).rejects.toThrow(/model_unknown/);
  });

  it('gets the preferred model when it names none, else the best that is here', async () => {
    await copyMiniature('tiny');
    expect((await openCatalogue().resolve(undefined)).name).toBe('base');
    expect((await openCatalogue({ WHISPER_MODEL: 'tiny' }).resolve(undefined)).name).toBe('tiny');
    await copyMiniature('medium.en');
    expect((await openCatalogue().resolve(undefined)).name).toBe('base');
    await copyMiniature('small');
    expect((await openCatalogue().resolve(undefined)).name).toBe('small');
  });

  it('gets large-v3 when it asks for large', async () => {
    const dir = await copyMiniature('large-v3');

    expect(await openCatalogue().resolve('large')).toMatchObject({ name: 'large', dir });
  });
});

describe('a model that does not fit into memory', () => {
  /** Enough for the miniature and for the bundled model, not for one whose weights alone are a gigabyte. */
  const WORKER_MEMORY_MB = '1500';

  it('is refused to those who ask for it, with figures, and is the default of nobody', async () => {
    await copyMiniature('tiny');
    await enlarge(await copyMiniature('small'));
    const catalogue = openCatalogue({ WORKER_MEMORY_MB });

    await expect(catalogue.resolve('small')).rejects.toThrow(
      /model_too_large.*"small" needs \d\.\d\d GB of memory; on this machine it may use 1\.26\./,
    );
    expect((await catalogue.resolve(undefined)).name).toBe('base');
    const models = room.openModels({ WORKER_MEMORY_MB });
    expect((await models.get('small')).memory).toMatchObject({
      fits: false,
      allowedBytes: 0.8 * 1500 * 2 ** 20,
    });
    expect((await models.get('tiny')).memory).toMatchObject({ fits: true });
  });

  it('is the default again as soon as one that fits is in its place', async () => {
    await enlarge(await copyMiniature('small'));
    const catalogue = openCatalogue({ WORKER_MEMORY_MB });
    expect((await catalogue.resolve(undefined)).name).toBe('base');
    await rm(room.path('whisper-small'), { recursive: true });
    await copyMiniature('small');

    expect((await catalogue.resolve(undefined)).name).toBe('small');
  });

  it('is the default where none fits, and then one that knows more than English', async () => {
    await copyMiniature('tiny.en');
    await copyMiniature('tiny');
    await copyMiniature('small');
    const catalogue = openCatalogue({ WORKER_MEMORY_MB: '256' });

    expect((await catalogue.getDefault()).name).toBe('tiny');
    await expect(catalogue.resolve(undefined)).rejects.toThrow(/model_too_large.*"tiny"/);
  });

  it('is not known to a service whose recordings are worked off elsewhere', async () => {
    await enlarge(await copyMiniature('small'));
    const catalogue = openCatalogue({ WORKER_MEMORY_MB, WORKER_EMBEDDED: 'false' });

    expect((await catalogue.resolve(undefined)).name).toBe('small');
  });
});

/** The file takes no room: all that was added are holes. */
async function enlarge(dir: string): Promise<void> {
  await truncate(path.join(dir, 'onnx/encoder_model_quantized.onnx'), 1e9);
}
