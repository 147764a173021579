export type EngineErrorCode =
  /** A file of a model is missing or is not what it should be. */
  | 'model_invalid'
  /** A file of a model differs from its SHA256SUMS. */
  | 'model_checksum_mismatch'
  /** The model does not know the language that was asked for. */
  | 'language_unsupported'
  /** The model cannot translate. */
  | 'task_unsupported'
  /** The machine, or what the process may use of it, has too little memory for the model, or for the rows of a run. */
  | 'memory_insufficient'
  /** An allocation failed in the middle of the work. The engine should be loaded anew; with fewer windows side by side it may get through. */
  | 'memory_exhausted'
  /** An option has a value that it cannot have. */
  | 'option_invalid'
  /** The blocks of the audio are no samples between -1 and 1, or do not go together. */
  | 'audio_invalid'
  /** A checkpoint that no run of this mode has given. */
  | 'checkpoint_invalid'
  /** A worker ended by itself, for instance for want of memory. The engine goes on with the others. */
  | 'worker_lost'
  /** The caller's AbortSignal fired. */
  | 'aborted'
  /** The engine has been disposed of. */
  | 'disposed';

/** The only error that the engine throws on purpose. Messages name model files, never paths or what was said. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly code: EngineErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What tells a computation to stop: an AbortSignal, or a flag in shared memory. */
export interface StopFlag {
  readonly aborted: boolean;
}

/** @throws EngineError `aborted` once the signal has fired */
export function throwIfAborted(signal: StopFlag | undefined): void {
  if (signal?.aborted === true) throw new EngineError('aborted', 'the transcription was aborted');
}

/** What the runtime, C++ and V8 say of an allocation that failed: there is no code for it. */
const FAILED_ALLOCATION = /bad_alloc|bad allocation|failed to allocate|allocation failed/i;

export function isFailedAllocation(error: unknown): boolean {
  return error instanceof Error && FAILED_ALLOCATION.test(error.message);
}
