import type { ErrorCode } from '../../../platform/errors/error-codes.js';
import type { DecodingOptions } from '../../jobs/decoding-options.view.js';
import type { EngineState, TranscriptionEvent } from './transcriber.port.js';

/** From the service to its engine child. */
export type EngineRequest =
  | {
      readonly type: 'load';
      readonly modelDir: string;
      readonly vadPath: string;
      readonly threads: number;
      /** Null: what the machine allows. */
      readonly memoryBytes: number | null;
      /** Among how many engines that is shared. */
      readonly engines: number;
      readonly frugal: boolean;
    }
  | {
      readonly type: 'transcribe';
      readonly path: string;
      readonly track: number | null;
      readonly language: string | null;
      readonly decoding: DecodingOptions;
      readonly maxAudioSeconds: number;
      readonly resume: EngineState | null;
      readonly stages: boolean;
    }
  /** Asks for a trial: a little sound that is transcribed. */
  | { readonly type: 'try' }
  | { readonly type: 'cancel' };

/** From the engine child to the service. PCM never goes this way: the child has the recording decoded itself. */
export type EngineMessage =
  | { readonly type: 'loaded' }
  /** Sent every few seconds while the event loop of the child turns. */
  | { readonly type: 'beat' }
  | TranscriptionEvent
  | { readonly type: 'tried' }
  | { readonly type: 'cancelled' }
  | {
      readonly type: 'failed';
      readonly code: ErrorCode;
      readonly detail: string;
      /** For the log only. */
      readonly diagnostics: string;
    };
