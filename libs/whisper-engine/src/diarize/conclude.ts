import { SAMPLE_RATE } from '../audio/sample-rate.js';
import { clusterVoices, type SpeakerLimits } from './cluster-voices.js';
import type { Diarization, SpeakerTurn } from './diarization.js';
import { centre, unpackEmbedding } from './embedding.js';
import type { HeardPiece } from './heard-piece.js';
import { namePieces } from './name-pieces.js';
import { turnsOf } from './turns.js';

/** Who speaks when, of all blocks of a recording. */
export function conclude(
  blocks: readonly (readonly HeardPiece[])[],
  samples: number,
  limits: SpeakerLimits,
): Diarization {
  const duration = samples / SAMPLE_RATE;
  const voices = voicesOf(blocks.flat());
  if (voices.length === 0) return { duration, speakers: [], turns: [] };
  const centres = clusterVoices(voices, limits);
  const named = blocks.flatMap((pieces) => {
    const names = namePieces(pieces, centres);
    return pieces.flatMap((piece, index) => {
      const speaker = names[index] ?? null;
      return speaker === null ? [] : [{ ...piece, speaker }];
    });
  });
  const turns = turnsOf(named)
    .map((turn) => ({ ...turn, end: Math.min(turn.end, duration) }))
    .filter(({ start, end }) => end > start);
  const embeddings = centres.map((own, speaker) => {
    const said = voicesOf(named.filter((piece) => piece.speaker === speaker));
    return said.length === 0
      ? own
      : centre(said.map(({ embedding, frames }) => ({ values: embedding, weight: frames })));
  });
  return { duration, ...numberByAppearance(turns, embeddings) };
}

/** Voices that are heard alone; where nobody ever is, all. */
function voicesOf(pieces: readonly HeardPiece[]): { embedding: Float32Array; frames: number }[] {
  const voices = pieces.flatMap(({ embedding, frames }) =>
    embedding === null ? [] : [{ embedding: unpackEmbedding(embedding), frames }],
  );
  const clear = voices.filter(({ frames }) => frames > 0);
  return clear.length > 0 ? clear : voices.map(({ embedding }) => ({ embedding, frames: 1 }));
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
