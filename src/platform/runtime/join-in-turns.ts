import { setImmediate as nextTurn } from 'node:timers/promises';

/** So long it works without a break. */
const TURN_MS = 10;

/** Pieces that take long to make, as one text. Whoever else waits for the thread gets a turn in between. */
export async function joinInTurns(pieces: Iterable<string>): Promise<string> {
  const made: string[] = [];
  let began = performance.now();
  for (const piece of pieces) {
    made.push(piece);
    if (performance.now() - began < TURN_MS) continue;
    await nextTurn();
    began = performance.now();
  }
  return made.join('');
}
