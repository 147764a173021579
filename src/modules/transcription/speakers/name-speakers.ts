import { similarity, type DiarizedSpeaker } from '../engine/speaker-turns.js';
import type { KnownVoice } from '../../jobs/known-voice.view.js';

/**
 * A speaker who is less similar to a known voice is somebody else. Between what was measured of one person in several recordings (0.61 and
 * more) and of two people (0.50 and less): docs/adr/0035-known-voices.md.
 */
const SAME_VOICE = 0.55;

/**
 * Names of known voices for the speakers of a recording, by their numbers. What is most alike comes first; a voice is one speaker at most,
 * and a speaker one voice.
 */
export function nameSpeakers(
  speakers: readonly Pick<DiarizedSpeaker, 'id' | 'embedding'>[],
  voices: readonly KnownVoice[],
): ReadonlyMap<number, string> {
  const pairs = voices.flatMap(({ name, embedding }) => {
    const voice = Float32Array.from(embedding);
    return speakers.map((speaker) => ({
      name,
      id: speaker.id,
      alike: similarity(voice, speaker.embedding),
    }));
  });
  const names = new Map<number, string>();
  const taken = new Set<string>();
  for (const { name, id, alike } of pairs.toSorted((one, other) => other.alike - one.alike)) {
    if (alike < SAME_VOICE || names.has(id) || taken.has(name)) continue;
    names.set(id, name);
    taken.add(name);
  }
  return names;
}
