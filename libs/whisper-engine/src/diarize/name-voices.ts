import { similarity } from './embedding.js';

/** The speaker of each voice of a window, no speaker twice: those that are most alike together; null for who is left over. */
export function nameVoices(
  voices: readonly Float32Array[],
  speakers: readonly Float32Array[],
): (number | null)[] {
  const alike = voices.map((voice) => speakers.map((speaker) => similarity(voice, speaker)));
  let best: { total: number; names: (number | null)[] } = { total: -Infinity, names: [] };
  const tryVoice = (names: (number | null)[], total: number): void => {
    const row = alike[names.length];
    if (row === undefined) {
      if (total > best.total) best = { total, names };
      return;
    }
    for (const [speaker, value] of row.entries()) {
      // Alike or not, somebody speaks: a name is worth more than none.
      if (!names.includes(speaker)) tryVoice([...names, speaker], total + value + 2);
    }
    if (speakers.length < voices.length) tryVoice([...names, null], total);
  };
  tryVoice([], 0);
  return best.names;
}
