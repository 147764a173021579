import { DiarizerLostError } from '../engine/diarizer.port.js';

/** A recording that ends it twice would do so again. */
const ATTEMPTS = 2;

/**
 * Work of a diarizer, which is started once more where it is lost: it may have been ended for others, as where memory was short.
 *
 * @throws DiarizerLostError when it was lost again; whatever `work` throws
 */
export async function onceMore<T>(
  work: () => Promise<T>,
  onLost: (error: DiarizerLostError) => void,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DiarizerLostError) || attempt === ATTEMPTS) throw error;
      onLost(error);
    }
  }
}
