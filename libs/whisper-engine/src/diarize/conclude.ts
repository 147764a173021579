import { SAMPLE_RATE } from '../audio/sample-rate.js';
import { clusterVoices, type SpeakerLimits } from './cluster-voices.js';
import type { Diarization, SpeakerTurn } from './diarization.js';
import { centre, unpackEmbedding } from './embedding.js';
import type { HeardWindow } from './heard-window.js';
import { nameVoices } from './name-voices.js';
import { stitch, type NamedWindow } from './stitch.js';

/** Who speaks when, of all windows of a recording. */
export function conclude(
  windows: readonly HeardWindow[],
  samples: number,
  limits: SpeakerLimits,
): Diarization {
  const duration = samples / SAMPLE_RATE;
  const voices = windows.flatMap((window) =>
    window.voices.map(({ embedding, frames }) => ({ embedding: unpackEmbedding(embedding), frames })),
  );
  if (voices.length === 0) return { duration, speakers: [], turns: [] };
  const centres = clusterVoices(voices, limits);
  const named = windows.map((window) => nameWindow(window, centres));
  const turns = stitch(named, centres.length)
    .map((turn) => ({ ...turn, end: Math.min(turn.end, duration) }))
    .filter(({ start, end }) => end > start);
  const embeddings = centres.map((_, speaker) => embeddingOf(speaker, windows, named));
  return { duration, ...numberByAppearance(turns, embeddings) };
}

function nameWindow({ active, voices }: HeardWindow, centres: readonly Float32Array[]): NamedWindow {
  const found = nameVoices(
    voices.map(({ embedding }) => unpackEmbedding(embedding)),
    centres,
  );
  const names: (number | null)[] = [null, null, null];
  for (const [index, { speaker }] of voices.entries()) names[speaker] = found[index] ?? null;
  return { active, names };
}

function embeddingOf(
  speaker: number,
  windows: readonly HeardWindow[],
  named: readonly NamedWindow[],
): Float32Array {
  return centre(
    windows.flatMap(({ voices }, window) =>
      voices
        .filter((voice) => named[window]?.names[voice.speaker] === speaker)
        .map(({ embedding, frames }) => ({ values: unpackEmbedding(embedding), weight: frames })),
    ),
  );
}

/** Speakers without a turn are left out. */
function numberByAppearance(
  turns: readonly SpeakerTurn[],
  embeddings: readonly Float32Array[],
): Pick<Diarization, 'speakers' | 'turns'> {
  const order = [...new Set(turns.map(({ speaker }) => speaker))];
  const speakers = order.map((speaker, id) => ({
    id,
    seconds: turns.reduce((sum, turn) => sum + (turn.speaker === speaker ? turn.end - turn.start : 0), 0),
    embedding: embeddings[speaker] ?? new Float32Array(),
  }));
  return { speakers, turns: turns.map((turn) => ({ ...turn, speaker: order.indexOf(turn.speaker) })) };
}
