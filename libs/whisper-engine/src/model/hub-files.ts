import { EngineError } from '../errors.js';
import { isObject, type JsonObject } from './json-file.js';

/** Precisions of the layout of transformers.js, by its own names; the engine takes the first of these that a folder has. */
export const HUB_PRECISIONS = ['q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4', 'fp16', 'fp32'] as const;
export type HubPrecision = (typeof HUB_PRECISIONS)[number];

const SUFFIXES: Readonly<Record<HubPrecision, string>> = {
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
  fp16: '_fp16',
  fp32: '',
};

const ANY_GRAPHS = 'onnx/encoder_model*.onnx with onnx/decoder_model_merged*.onnx of the same precision';

export interface ChosenGraphs {
  precision: HubPrecision;
  /** Graph files, relative to the folder of the model. */
  graphs: readonly string[];
}

/** Files of one precision, relative to the folder of the model. */
export const hubGraphs = (precision: HubPrecision): { encoder: string; decoder: string } => ({
  encoder: `onnx/encoder_model${SUFFIXES[precision]}.onnx`,
  decoder: `onnx/decoder_model_merged${SUFFIXES[precision]}.onnx`,
});

/**
 * The precision to load and its files.
 * @param present all files of the folder
 * @param wanted the only precision to look for
 * @throws EngineError `model_invalid` naming a file that is missing
 */
export function chooseHubFiles(present: ReadonlySet<string>, wanted?: HubPrecision): ChosenGraphs {
  const candidates = wanted === undefined ? HUB_PRECISIONS : [wanted];
  let missing: string | undefined;
  for (const precision of candidates) {
    const graphs = Object.values(hubGraphs(precision));
    const absent = graphs.filter((file) => !present.has(file));
    if (absent.length === 0) return { precision, graphs };
    // Half of a precision says more about what went wrong than the absence of all of it.
    if (wanted !== undefined || absent.length === 1) missing = absent[0];
  }
  throw new EngineError('model_invalid', `the model has no ${missing ?? ANY_GRAPHS}`);
}

/**
 * Files in which a graph keeps its weights, beside itself.
 * @param config content of config.json, which says so for the files of large models
 * @throws EngineError `model_invalid` naming the file that is missing
 */
export function weightFiles(graph: string, present: ReadonlySet<string>, config: JsonObject): string[] {
  const data = `${graph}_data`;
  const found = [...present]
    .filter((file) => file.startsWith(data) && /^(_\d+)?$/.test(file.slice(data.length)))
    .sort();
  for (let chunk = 0; chunk < declaredChunks(graph, config); chunk++) {
    const name = `${data}${chunk === 0 ? '' : `_${chunk}`}`;
    if (!found.includes(name)) throw new EngineError('model_invalid', `the model has no ${name}`);
  }
  return found;
}

function declaredChunks(graph: string, config: JsonObject): number {
  const settings = config['transformers.js_config'];
  const declared = isObject(settings) ? settings['use_external_data_format'] : undefined;
  const name = graph.replace('onnx/', '');
  // The key may be the file, or the graph in all its precisions.
  const stem = name.startsWith('encoder_model') ? 'encoder_model' : 'decoder_model_merged';
  const value = isObject(declared) ? (declared[name] ?? declared[stem]) : declared;
  return Number(value ?? 0);
}
