import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeModel, verifyModelFolder } from '../../src/model/model-folder.js';
import { MODEL_DIR } from './engine.fixture.js';
import { MiniatureCopy } from './miniature.fixture.js';

const SETTINGS = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'];

let copy: MiniatureCopy;

beforeEach(() => {
  copy = new MiniatureCopy();
});

afterEach(() => {
  copy.delete();
});

/** Renames the graphs of a precision; the names of the files are all that tells. */
function asPrecision(suffix: string, from = '_quantized'): void {
  copy.move(`onnx/encoder_model${from}.onnx`, `onnx/encoder_model${suffix}.onnx`);
  copy.move(`onnx/decoder_model_merged${from}.onnx`, `onnx/decoder_model_merged${suffix}.onnx`);
}

describe('describeModel', () => {
  it('tells what a bundled model is', async () => {
    const model = await describeModel(MODEL_DIR);
    expect(model).toMatchObject({
      layout: 'fast',
      precision: 'int8',
      multilingual: true,
      width: 512,
      decoderLayers: 6,
      heads: 8,
      vocabulary: 51_865,
    });
    expect(model.languages).toHaveLength(99);
    expect(model.weightsBytes).toBeGreaterThan(70e6);
    expect(model.files).toEqual(
      expect.arrayContaining([...SETTINGS, 'onnx/decoder_step_int8.onnx', 'onnx/encoder_cross_int8.shapes']),
    );
  });

  it('tells what a model of the hub is, and takes q8 first', async () => {
    expect(await describeModel(copy.folder)).toMatchObject({
      folder: copy.folder,
      layout: 'hub',
      precision: 'q8',
      multilingual: true,
      languages: ['en', 'zh', 'de', 'es', 'ru', 'ko', 'fr', 'ja', 'pt'],
      width: 16,
      decoderLayers: 2,
      heads: 2,
      vocabulary: 1914,
      files: [
        ...SETTINGS,
        'preprocessor_config.json',
        'onnx/encoder_model_quantized.onnx',
        'onnx/decoder_model_merged_quantized.onnx',
      ],
    });
  });

  it('takes the precision that is asked for', async () => {
    expect(await describeModel(copy.folder, 'fp16')).toMatchObject({ precision: 'fp16' });
  });

  it.each([
    ['_int8', 'int8'],
    ['_uint8', 'uint8'],
    ['_q4', 'q4'],
    ['_q4f16', 'q4f16'],
    ['_bnb4', 'bnb4'],
  ])('prefers graphs that end in %s to half precision', async (suffix, precision) => {
    asPrecision(suffix);
    expect(await describeModel(copy.folder)).toMatchObject({ precision });
  });

  it('prefers half precision to full', async () => {
    asPrecision('');
    expect(await describeModel(copy.folder)).toMatchObject({ precision: 'fp16' });
    asPrecision('_other', '_fp16');
    expect(await describeModel(copy.folder)).toMatchObject({ precision: 'fp32' });
  });

  it('counts weights that lie beside their graph', async () => {
    const before = (await describeModel(copy.folder)).weightsBytes;
    copy.write('onnx/encoder_model_quantized.onnx_data', 'x'.repeat(1000));
    const after = await describeModel(copy.folder);
    expect(after.weightsBytes).toBe(before + 1000);
    expect(after.files).toContain('onnx/encoder_model_quantized.onnx_data');
  });

  it('knows an English-only model', async () => {
    copy.edit('generation_config.json', { lang_to_id: undefined, task_to_id: undefined });
    expect(await describeModel(copy.folder)).toMatchObject({ multilingual: false, languages: [] });
  });

  it.each([...SETTINGS, 'preprocessor_config.json'])('names %s where it is missing', async (file) => {
    copy.remove(file);
    await expect(describeModel(copy.folder)).rejects.toMatchObject({
      code: 'model_invalid',
      message: `the model has no ${file}`,
    });
  });

  it('names the graph of a pair that is missing', async () => {
    asPrecision('_other', '_fp16');
    copy.remove('onnx/decoder_model_merged_quantized.onnx');
    await expect(describeModel(copy.folder)).rejects.toMatchObject({
      message: 'the model has no onnx/decoder_model_merged_quantized.onnx',
    });
    await expect(describeModel(copy.folder, 'q4')).rejects.toMatchObject({
      message: 'the model has no onnx/encoder_model_q4.onnx',
    });
  });

  it('names a graph of the fast layout that is missing', async () => {
    asPrecision('_other', '_fp16');
    copy.move('onnx/encoder_model_quantized.onnx', 'onnx/log_mel.onnx');
    copy.move('onnx/decoder_model_merged_quantized.onnx', 'onnx/decoder_step_int8.onnx');
    copy.remove('onnx/encoder_model_other.onnx', 'onnx/decoder_model_merged_other.onnx');
    copy.write('SHA256SUMS', '');
    await expect(describeModel(copy.folder)).rejects.toMatchObject({
      message: 'the model has no onnx/encoder_cross_int8.onnx',
    });
  });

  it('names weights that the settings speak of and that are missing', async () => {
    const settings = { use_external_data_format: { decoder_model_merged: 2 } };
    copy.edit('config.json', { 'transformers.js_config': settings });
    copy.write('onnx/decoder_model_merged_quantized.onnx_data', '');
    await expect(describeModel(copy.folder)).rejects.toMatchObject({
      message: 'the model has no onnx/decoder_model_merged_quantized.onnx_data_1',
    });
  });

  it('says that a folder without a model is none', async () => {
    const nowhere = join(copy.folder, 'nowhere');
    await expect(describeModel(nowhere)).rejects.toMatchObject({ code: 'model_invalid' });
    await expect(describeModel(nowhere)).rejects.not.toMatchObject({
      message: expect.stringContaining(copy.folder),
    });
  });
});

describe('verifyModelFolder', () => {
  function writeSums(files: readonly string[]): void {
    const lines = files.map((file) => {
      const sum = createHash('sha256')
        .update(readFileSync(join(copy.folder, file)))
        .digest('hex');
      return `${sum}  ${file}\n`;
    });
    copy.write('SHA256SUMS', lines.join(''));
  }

  it('lets a model of the hub come without checksums', async () => {
    await expect(verifyModelFolder(await describeModel(copy.folder))).resolves.toBeUndefined();
  });

  it('holds it against them where there are some', async () => {
    const model = await describeModel(copy.folder);
    writeSums(model.files);
    await expect(verifyModelFolder(model)).resolves.toBeUndefined();
    appendFileSync(join(copy.folder, 'config.json'), ' ');
    await expect(verifyModelFolder(model)).rejects.toMatchObject({ code: 'model_checksum_mismatch' });
  });

  it('wants every file that it loads to be listed', async () => {
    const model = await describeModel(copy.folder);
    writeSums(model.files.slice(1));
    await expect(verifyModelFolder(model)).rejects.toMatchObject({ code: 'model_invalid' });
  });

  it('never does without in the fast layout', async () => {
    const model = { ...(await describeModel(copy.folder)), layout: 'fast' as const };
    await expect(verifyModelFolder(model)).rejects.toMatchObject({ code: 'model_invalid' });
  });
});
