import type { ErrorCode } from '../../../platform/errors/error-codes.js';
import type { ModelMemory } from '../engine/model-files.js';
import type { ModelName } from '../../../platform/config/model-names.js';

export const MODEL_STATES = ['available', 'downloading', 'ready', 'failed'] as const;
export type ModelState = (typeof MODEL_STATES)[number];

export interface ModelProgressView {
  readonly doneBytes: number;
  /** Null until the hub has said which files there are. */
  readonly totalBytes: number | null;
}

export interface PullFailure {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** A model as other rooms and clients see it. */
export interface ModelView {
  readonly name: ModelName;
  readonly state: ModelState;
  readonly multilingual: boolean;
  readonly aliasOf: ModelName | null;
  /** This copy came with the service. */
  readonly bundled: boolean;
  /** On the disk; of one that is being fetched all that it will have; null while unknown. */
  readonly sizeBytes: number | null;
  /** Of a ready model, where this process transcribes. */
  readonly memory: ModelMemory | null;
  /** While it is downloading, and of a download that broke off. */
  readonly progress: ModelProgressView | null;
  /** Where it comes from on the hub. */
  readonly repository: string;
  /** Of a pulled model or a download: what was asked for, and the commit that it was then. */
  readonly revision: string | null;
  readonly commit: string | null;
  /** ISO 8601; null for a model that was not pulled. */
  readonly pulledAt: string | null;
  /** Why the last pull failed. */
  readonly error: PullFailure | null;
  /** Why a folder that is there is no model. */
  readonly reason: string | null;
}
