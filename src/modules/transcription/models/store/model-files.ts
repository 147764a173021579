/** The files of a model folder, by the names that transformers and the hub give them. */
export const CONFIG_FILES = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
] as const;

/** Part of every model that is laid out like those of the hub. */
export const PREPROCESSOR_FILE = 'preprocessor_config.json';

/** Written beside the model: the sums that the engine checks, and where the files came from. */
export const SUMS_FILE = 'SHA256SUMS';
export const RECORD_FILE = 'model.json';

/** Graphs that the engine can run together, and what else it wants for them. */
export interface GraphChoice {
  readonly graphs: readonly string[];
  readonly companions: readonly string[];
}

/** The graphs that models/export writes, made for decoding in batches. */
const STEP_GRAPHS: GraphChoice = {
  graphs: ['onnx/encoder_cross_int8.onnx', 'onnx/decoder_step_int8.onnx', 'onnx/log_mel.onnx'],
  companions: [SUMS_FILE],
};

/** How the hub marks precisions in file names, best for a CPU first: q8 in its three spellings, the kinds of q4, fp16, fp32. */
const PRECISIONS = ['_quantized', '_int8', '_uint8', '_q4', '_q4f16', '_bnb4', '_fp16', ''] as const;

const HUB_GRAPHS: readonly GraphChoice[] = PRECISIONS.map((precision) => ({
  graphs: [`onnx/encoder_model${precision}.onnx`, `onnx/decoder_model_merged${precision}.onnx`],
  companions: [PREPROCESSOR_FILE],
}));

/** The graphs of the best form that is there; null when none is complete. */
export function findGraphs(has: (path: string) => boolean): GraphChoice | null {
  return [STEP_GRAPHS, ...HUB_GRAPHS].find(({ graphs }) => graphs.every(has)) ?? null;
}

/** The same, of the forms that the hub has. */
export function findHubGraphs(has: (path: string) => boolean): GraphChoice | null {
  return HUB_GRAPHS.find(({ graphs }) => graphs.every(has)) ?? null;
}

/**
 * The files with weights that did not fit into a graph: as many as `use_external_data_format` in config.json says, of this file or of
 * all forms of the graph.
 */
export function declaredData(graph: string, config: HubConfig): string[] {
  const declared = config['transformers.js_config']?.use_external_data_format ?? 0;
  const file = graph.replace('onnx/', '');
  const stem = file.replace(/^(encoder_model|decoder_model_merged).*$/, '$1');
  const count = typeof declared === 'object' ? (declared[file] ?? declared[stem] ?? 0) : declared;
  return Array.from({ length: Number(count) }, (_, part) => `${graph}_data${part === 0 ? '' : `_${part}`}`);
}

/** What of config.json is read here. */
export interface HubConfig {
  readonly 'transformers.js_config'?: {
    readonly use_external_data_format?: number | boolean | Readonly<Record<string, number | boolean>>;
  };
}

/** Whether the file holds weights of the graph that did not fit into it: `NAME.onnx_data`, `NAME.onnx_data_1`, … */
export function isExternalData(path: string, graph: string): boolean {
  return path.startsWith(`${graph}_data`) && /^(_\d+)?$/.test(path.slice(graph.length + '_data'.length));
}
