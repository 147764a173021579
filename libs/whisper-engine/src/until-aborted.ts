import { EngineError, throwIfAborted } from './errors.js';

/** Ends at once when the signal fires, whatever is being waited for. */
export async function* untilAborted<T, R>(
  source: AsyncGenerator<T, R, undefined>,
  signal: AbortSignal,
): AsyncGenerator<T, R, undefined> {
  try {
    for (;;) {
      const next = await orAborted(source.next(), signal);
      if (next.done === true) return next.value;
      yield next.value;
    }
  } finally {
    // Not awaited: it ends with what is under way.
    void source.return(undefined as R).catch(() => undefined);
  }
}

/** @throws EngineError `aborted` as soon as the signal fires */
export async function orAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  // Nobody else may hear of its failure.
  result.catch(() => undefined);
  throwIfAborted(signal);
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = (): void => {
    reject(new EngineError('aborted', 'the transcription was aborted'));
  };
  signal.addEventListener('abort', abort, { once: true });
  result.then(resolve, reject);
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
