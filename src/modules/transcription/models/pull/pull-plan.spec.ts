import { describe, expect, it } from '@jest/globals';
import type { HubFile } from '../hub/hub-listing.js';
import { chooseFiles } from './pull-plan.js';

const JSON_FILES = [
  'config.json',
  'generation_config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
];

const listing = (...names: string[]): HubFile[] =>
  names.map((path) => ({ path, sizeBytes: 1, hash: { algorithm: 'sha256', hex: '' } }));
const graphs = (precision: string): string[] => [
  `onnx/encoder_model${precision}.onnx`,
  `onnx/decoder_model_merged${precision}.onnx`,
];
const choose = (...names: string[]): string[] =>
  chooseFiles('a/b', listing(...names))
    .map(({ path }) => path)
    .sort();

describe('chooseFiles', () => {
  it('takes the JSON files and the q8 graphs, and leaves the rest', () => {
    const rest = [
      'README.md',
      'vocab.json',
      'onnx/decoder_model_quantized.onnx',
      ...graphs(''),
      ...graphs('_q4'),
    ];

    expect(choose(...JSON_FILES, ...rest, ...graphs('_quantized'))).toEqual(
      [...JSON_FILES, ...graphs('_quantized')].sort(),
    );
  });

  it.each([
    [['', '_fp16', '_q4', '_uint8', '_int8'], '_int8'],
    [['', '_fp16', '_q4', '_uint8'], '_uint8'],
    [['', '_fp16', '_q4'], '_q4'],
    [['', '_fp16'], '_fp16'],
    [[''], ''],
  ])('of the precisions %j takes %p', (there, best) => {
    expect(choose(...JSON_FILES, ...there.flatMap(graphs))).toEqual([...JSON_FILES, ...graphs(best)].sort());
  });

  it('never mixes precisions', () => {
    expect(choose(...JSON_FILES, 'onnx/encoder_model_quantized.onnx', ...graphs(''))).toEqual(
      [...JSON_FILES, ...graphs('')].sort(),
    );
  });

  it('takes weights that lie beside their graph', () => {
    const data = ['onnx/encoder_model.onnx_data', 'onnx/encoder_model.onnx_data_1'];
    const others = [
      'onnx/encoder_model_fp16.onnx_data',
      'onnx/encoder_model.onnx_data_x',
      'onnx/encoder_model.onnx_data/../x',
    ];

    expect(choose(...JSON_FILES, ...graphs(''), ...data, ...others)).toEqual(
      [...JSON_FILES, ...graphs(''), ...data].sort(),
    );
  });

  it('says what a repository lacks', () => {
    expect(() => choose(...JSON_FILES)).toThrow(
      /a\/b has makes no model: The model has no onnx\/encoder_model/,
    );
    expect(() => choose(...JSON_FILES.slice(1), ...graphs(''))).toThrow(
      /a\/b has makes no model: The model has no config\.json/,
    );
  });
});
