import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { HubMirror, type MirrorOptions } from './hub-mirror.js';

/** A miniature Whisper with random weights in the hub's layout; it has more files than a pull takes. */
export const MINIATURE_DIR = fileURLToPath(new URL('../fixtures/models/whisper-miniature', import.meta.url));

/** What a pull takes of it. */
export const PULLED_FILES = [
  'config.json',
  'generation_config.json',
  'onnx/decoder_model_merged_quantized.onnx',
  'onnx/encoder_model_quantized.onnx',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
] as const;

/** The largest of them, which takes the mirror several pieces. */
export const LARGE_FILE = 'tokenizer.json';
export const DECODER = 'onnx/decoder_model_merged_quantized.onnx';

export const TINY = 'onnx-community/whisper-tiny_timestamped';
export const TINY_EN = 'onnx-community/whisper-tiny.en_timestamped';

/** A hub that has the miniature under the names of two real models. */
export function openMiniatureHub(options: Partial<MirrorOptions> = {}): Promise<HubMirror> {
  return HubMirror.open({ repositories: { [TINY]: MINIATURE_DIR, [TINY_EN]: MINIATURE_DIR }, ...options });
}

export function readMiniature(name: string): Promise<Buffer> {
  return readFile(path.join(MINIATURE_DIR, name));
}

export async function miniatureSize(name: string): Promise<number> {
  return (await readMiniature(name)).length;
}
