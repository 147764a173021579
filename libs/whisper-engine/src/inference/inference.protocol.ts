import type { LanguageVote } from '../decode/language-detection.js';
import type { HubPrecision } from '../model/hub-files.js';
import type { StageTime } from '../stage-clock.js';
import type { SpeechWindow } from '../vad/window-packer.js';
import type { DecodeOptions } from '../decode/decode-options.js';
import type { WindowText } from '../window-transcriber.js';

/** The model of a worker. */
export interface WorkerModel {
  readonly modelDir: string;
  readonly precision: HubPrecision | undefined;
  /** Of the worker. */
  readonly threads: number;
}

export interface WorkerData extends WorkerModel {
  /** Int32: the number of the last request that is to be given up. */
  readonly cancelled: SharedArrayBuffer;
}

/** To a worker. It works off one batch at a time: first encode, then decode. */
export type InferenceOrder =
  | { readonly type: 'encode'; readonly windows: readonly SpeechWindow[] }
  | {
      readonly type: 'decode';
      /** By window of the batch. */
      readonly languages: readonly (string | null)[];
      readonly options: DecodeOptions;
    }
  | { readonly type: 'release' };

export type InferenceRequest = InferenceOrder & { readonly id: number };

export type InferenceReply =
  | {
      readonly id: number;
      readonly type: 'encoded';
      readonly votes: readonly LanguageVote[];
      readonly stages: readonly StageTime[];
    }
  | {
      readonly id: number;
      readonly type: 'decoded';
      readonly texts: readonly WindowText[];
      readonly stages: readonly StageTime[];
    }
  | { readonly id: number; readonly type: 'opened'; readonly alignmentHeads: number }
  | { readonly id: number; readonly type: 'released' };
