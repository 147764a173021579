import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../errors.js';
import { verifyChecksums, verifyChecksumsIfAny } from './checksums.js';
import { FAST_GRAPHS } from './fast-graphs.js';
import { languageTokens } from './generation-config.js';
import { chooseHubFiles, weightFiles, type ChosenGraphs, type HubPrecision } from './hub-files.js';
import { numberIn, readJson } from './json-file.js';

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

const SETTINGS = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
] as const;

/**
 * Looks at a model folder: which layout it has and what model it is.
 * @param precision of the hub layout; without it the fast layout comes first, then the first of `HUB_PRECISIONS` that the folder has
 * @throws EngineError `model_invalid` naming a file that is missing or unreadable
 */
export async function describeModel(folder: string, precision?: HubPrecision): Promise<ModelDescription> {
  const present = await filesOf(folder);
  for (const name of SETTINGS) requireFile(present, name);
  const config = await readJson(folder, 'config.json');
  const generation = await readJson(folder, 'generation_config.json');
  const languages = [...languageTokens(generation).keys()];
  const layout = layoutOf(present, precision);
  const chosen = layout === 'fast' ? fastFiles(present) : chooseHubFiles(present, precision);
  const weights = chosen.graphs.flatMap((file) => [file, ...weightFiles(file, present, config)]);
  if (layout === 'hub') requireFile(present, 'preprocessor_config.json');
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
    weightsBytes: await bytesOf(folder, weights),
    files: [...SETTINGS, ...(layout === 'hub' ? ['preprocessor_config.json'] : []), ...weights],
  };
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

function fastFiles(present: ReadonlySet<string>): ChosenGraphs {
  for (const file of Object.values(FAST_GRAPHS)) requireFile(present, file);
  return { precision: 'int8', graphs: Object.values(FAST_GRAPHS) };
}

function requireFile(present: ReadonlySet<string>, name: string): void {
  if (!present.has(name)) throw new EngineError('model_invalid', `the model has no ${name}`);
}

async function filesOf(folder: string): Promise<Set<string>> {
  const names = await Promise.all(
    ['', 'onnx'].map(async (part) => {
      const entries = await readdir(join(folder, part), { withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => !entry.isDirectory())
        .map(({ name }) => (part === '' ? name : `${part}/${name}`));
    }),
  );
  return new Set(names.flat());
}

async function bytesOf(folder: string, files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
