import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../errors.js';
import { CHECKSUM_LIST, verifyChecksums, verifyChecksumsIfAny } from './checksums.js';
import { languageTokens } from './generation-config.js';
import { chooseHubFiles, weightFiles, type ChosenGraphs, type HubPrecision } from './hub-files.js';
import { numberIn, readJson, type JsonObject } from './json-file.js';

/** `fast`: graphs written by models/export of the repository; `hub`: the layout of transformers.js. */
export type ModelLayout = 'fast' | 'hub';

/** What the files of a model say about it, without loading its weights. */
export interface ModelDescription {
  folder: string;
  layout: ModelLayout;
  /** Of the weights; the fast layout has int8 only. */
  precision: HubPrecision;
  multilingual: boolean;
  /** Codes of the languages that the model knows; empty for English-only models. */
  languages: readonly string[];
  /** Values of a hidden state. */
  width: number;
  decoderLayers: number;
  /** Attention heads of the decoder. */
  heads: number;
  /** Tokens. */
  vocabulary: number;
  /** Bytes of the graphs and of the weights beside them. */
  weightsBytes: number;
  /** Everything that is needed to load the model, relative to the folder. */
  files: readonly string[];
}

/** Relative to the folder of the model. */
interface ModelFiles {
  precision: HubPrecision;
  /** Graphs and what lies beside them. */
  weights: readonly string[];
  /** Everything, the weights too. */
  files: readonly string[];
}

/** Graph files of the fast layout; models/export/README.md of the repository describes them. */
export const FAST_GRAPHS = {
  logMel: 'onnx/log_mel.onnx',
  encoder: 'onnx/encoder_cross_int8.onnx',
  step: 'onnx/decoder_step_int8.onnx',
} as const;
/** Sizes of all values inside the encoder, which save time when it is loaded. A model does without as well. */
export const ENCODER_SHAPES = 'onnx/encoder_cross_int8.shapes';

const SETTINGS = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
] as const;
const PREPROCESSOR = 'preprocessor_config.json';

/**
 * Looks at a model folder: which layout it has and what model it is.
 * @param precision of the hub layout; without it the fast layout comes first, then the first of `HUB_PRECISIONS` that the folder has
 * @throws EngineError `model_invalid` naming what is missing or unreadable
 */
export async function describeModel(folder: string, precision?: HubPrecision): Promise<ModelDescription> {
  const present = await filesOf(folder);
  requireFiles(present, SETTINGS);
  const config = await readJson(folder, 'config.json');
  const generation = await readJson(folder, 'generation_config.json');
  const languages = [...languageTokens(generation).keys()];
  const layout = layoutOf(present, precision);
  const chosen = layout === 'fast' ? fastFiles(present, config) : hubFiles(present, precision, config);
  return {
    folder,
    layout,
    precision: chosen.precision,
    multilingual: languages.length > 0,
    languages,
    width: numberIn(config, 'd_model'),
    decoderLayers: numberIn(config, 'decoder_layers'),
    heads: numberIn(config, 'decoder_attention_heads'),
    vocabulary: numberIn(config, 'vocab_size'),
    weightsBytes: await bytesOf(folder, chosen.weights),
    files: chosen.files,
  };
}

/**
 * What a model in the layout of the hub needs of the files of a repository.
 * @param present all its files
 * @throws EngineError `model_invalid` naming what is missing
 */
export function chooseHubModel(present: ReadonlySet<string>): readonly string[] {
  return hubFiles(present).files;
}

/**
 * Holds a model against its `SHA256SUMS`. One in the layout of the hub may come without: the hub gives none.
 * @throws EngineError `model_invalid`, `model_checksum_mismatch`
 */
export async function verifyModelFolder({ folder, layout, files }: ModelDescription): Promise<void> {
  await (layout === 'hub' ? verifyChecksumsIfAny : verifyChecksums)(folder, files);
}

function layoutOf(present: ReadonlySet<string>, precision: HubPrecision | undefined): ModelLayout {
  if (precision !== undefined) return 'hub';
  const fast = Object.values(FAST_GRAPHS);
  if (fast.every((file) => present.has(file))) return 'fast';
  // Some of the fast graphs and none of the others: an incomplete model of the fast layout.
  const others = [...present].some((file) => /^onnx\/(en|de)coder_model/.test(file));
  return !others && fast.some((file) => present.has(file)) ? 'fast' : 'hub';
}

function fastFiles(present: ReadonlySet<string>, config: JsonObject): ModelFiles {
  const graphs = Object.values(FAST_GRAPHS);
  requireFiles(present, [...graphs, CHECKSUM_LIST]);
  const { files, ...rest } = withWeights({ precision: 'int8', graphs }, SETTINGS, present, config);
  return { ...rest, files: present.has(ENCODER_SHAPES) ? [...files, ENCODER_SHAPES] : files };
}

/** @param config content of config.json; without it only weights are found that are there */
function hubFiles(
  present: ReadonlySet<string>,
  precision?: HubPrecision,
  config: JsonObject = {},
): ModelFiles {
  const settings = [...SETTINGS, PREPROCESSOR];
  const chosen = chooseHubFiles(present, precision);
  requireFiles(present, settings);
  return withWeights(chosen, settings, present, config);
}

function withWeights(
  { precision, graphs }: ChosenGraphs,
  settings: readonly string[],
  present: ReadonlySet<string>,
  config: JsonObject,
): ModelFiles {
  const weights = graphs.flatMap((file) => [file, ...weightFiles(file, present, config)]);
  return { precision, weights, files: [...settings, ...weights] };
}

function requireFiles(present: ReadonlySet<string>, names: readonly string[]): void {
  const missing = names.filter((name) => !present.has(name));
  if (missing.length > 0) throw new EngineError('model_invalid', `the model has no ${missing.join(', ')}`);
}

async function filesOf(folder: string): Promise<Set<string>> {
  const names = await Promise.all(
    ['', 'onnx'].map(async (part) => {
      const entries = await readdir(join(folder, part), { withFileTypes: true }).catch(() => []);
      return (
        entries
          // A link may lead nowhere, as in a checkout without its large files.
          .filter(
            (entry) =>
              entry.isFile() || (entry.isSymbolicLink() && existsSync(join(folder, part, entry.name))),
          )
          .map(({ name }) => (part === '' ? name : `${part}/${name}`))
      );
    }),
  );
  return new Set(names.flat());
}

async function bytesOf(folder: string, files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map((file) => bytesIn(folder, file)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function bytesIn(folder: string, file: string): Promise<number> {
  try {
    return (await stat(join(folder, file))).size;
  } catch (cause) {
    // Removed meanwhile.
    throw new EngineError('model_invalid', `${file} of the model cannot be read`, { cause });
  }
}
