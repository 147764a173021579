import { TranscriberError } from '@whisper-transcriber/client-sdk';

/** How an attempt with the SDK was refused. @throws Error when it was not, or by something else than the SDK */
export async function errorOf(attempt: Promise<unknown>): Promise<TranscriberError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TranscriberError))
    throw new Error('It is refused, with an error of ours', { cause: error });
  return error;
}
