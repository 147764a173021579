import type { SpeakerLimits } from './cluster-voices.js';
import type { Diarization } from './diarization.js';
import type { Block } from './frames.js';

export interface DiarizerModels {
  readonly modelDir: string;
  readonly vadPath: string;
}

export interface DiarizerWorkerData extends DiarizerModels {
  /** Int32: the number of the last request that is to be given up. */
  readonly cancelled: SharedArrayBuffer;
}

/** To a worker. */
export type DiarizerOrder =
  /** Samples from the first window of the block on. */
  | { readonly type: 'listen'; readonly block: Block; readonly samples: Float32Array }
  | { readonly type: 'embed'; readonly samples: Float32Array }
  /** Blocks as a checkpoint has them. */
  | {
      readonly type: 'conclude';
      readonly blocks: readonly string[];
      readonly samples: number;
      readonly limits: SpeakerLimits;
    }
  | { readonly type: 'release' };

export type DiarizerRequest = DiarizerOrder & { readonly id: number };

export type DiarizerReply =
  | { readonly id: number; readonly type: 'opened' }
  /** As a checkpoint has them. */
  | { readonly id: number; readonly type: 'heard'; readonly pieces: string }
  | { readonly id: number; readonly type: 'embedded'; readonly embedding: Float32Array | null }
  | { readonly id: number; readonly type: 'concluded'; readonly diarization: Diarization }
  | { readonly id: number; readonly type: 'released' };
