import type { SpeakerLimits } from './cluster-voices.js';
import type { Diarization } from './diarization.js';

export interface DiarizerWorkerData {
  readonly modelDir: string;
  /** Int32: the number of the last request that is to be given up. */
  readonly cancelled: SharedArrayBuffer;
}

/** To a worker. */
export type DiarizerOrder =
  /** Windows that begin a hop apart; the last may be shorter. */
  | { readonly type: 'listen'; readonly samples: Float32Array; readonly windows: number }
  | { readonly type: 'embed'; readonly samples: Float32Array }
  /** Windows as a checkpoint has them. */
  | {
      readonly type: 'conclude';
      readonly windows: readonly string[];
      readonly samples: number;
      readonly limits: SpeakerLimits;
    }
  | { readonly type: 'release' };

export type DiarizerRequest = DiarizerOrder & { readonly id: number };

export type DiarizerReply =
  | { readonly id: number; readonly type: 'opened' }
  /** As a checkpoint has them. */
  | { readonly id: number; readonly type: 'heard'; readonly windows: string[] }
  | { readonly id: number; readonly type: 'embedded'; readonly embedding: Float32Array | null }
  | { readonly id: number; readonly type: 'concluded'; readonly diarization: Diarization }
  | { readonly id: number; readonly type: 'released' };
