import type { ErrorCode } from '../../../platform/errors/error-codes.js';
import type {
  HeardSpeakers,
  HeardVoice,
  ListeningInput,
  ListeningStep,
  RecordingPart,
} from './diarizer.port.js';

/** What to load, and what of the machine it may use. */
export interface DiarizerSettings {
  readonly modelDir: string;
  readonly vadPath: string;
  readonly threads: number;
}

/** From the service to the diarizer's process, once. */
export type DiarizerRequest = DiarizerSettings &
  (({ readonly type: 'listen' } & ListeningInput) | VoiceRequest);

export interface VoiceRequest {
  readonly type: 'voice';
  readonly path: string;
  /** Null: all of it. */
  readonly part: RecordingPart | null;
}

/** From the diarizer's process to the service. PCM never goes this way: it has the recording decoded itself. */
export type DiarizerMessage =
  | ({ readonly type: 'step' } & ListeningStep)
  | { readonly type: 'heard'; readonly speakers: HeardSpeakers }
  | ({ readonly type: 'voice' } & HeardVoice)
  | {
      readonly type: 'failed';
      readonly code: ErrorCode;
      readonly detail: string;
      /** For the log only. */
      readonly diagnostics: string;
    };
