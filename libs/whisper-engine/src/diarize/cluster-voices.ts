import { agglomerate, type Merge, type VoiceGroup } from './agglomerate.js';
import { EMBEDDING_SIZE, normalised, similarity } from './embedding.js';

/** A voice in a piece of speech. */
export interface Voice {
  /** Length 1. */
  embedding: Float32Array;
  /** Frames in which it is heard alone. */
  frames: number;
}

export interface SpeakerLimits {
  least: number;
  most: number;
}

/** Groups that are less similar than this are different people. */
const SAME_SPEAKER = 0.5;
/** Shorter voices (1 s) have embeddings that are too uncertain to found a speaker on. */
const SURE_FRAMES = 60;
/** Who is heard alone for less than this (2 s), all pieces together, is no speaker of their own. */
const SPEAKER_FRAMES = 120;
/** More groups are not compared each with each at once: their number is brought down in blocks first. */
const MOST_AT_ONCE = 1500;
const BLOCK = 1000;
/** Groups that a block is brought down to: far more than there are speakers, so only what is most alike is joined. */
const BLOCK_GROUPS = 250;

/**
 * The centres (length 1) of the voices of each speaker, as many as the voices and the limits say.
 *
 * Sums of embeddings that point the same way are joined (`agglomerate`) until what is left differs. Of a long recording, blocks of 1000
 * consecutive groups are first brought down to 250 each, as often as needed: time and memory stay bounded. Clustering the embeddings of local
 * speakers by their centroids is how pyannote.audio does it (H. Bredin, pyannote.audio 2.1 speaker diarization pipeline, Interspeech 2023).
 * @returns centres [192], by no order that means anything
 */
export function clusterVoices(voices: readonly Voice[], limits: SpeakerLimits): Float32Array[] {
  const sure = voices.filter(({ frames }) => frames >= SURE_FRAMES);
  const taken = sure.length > 0 ? sure : voices;
  let groups = taken.map(groupOf);
  while (groups.length > MOST_AT_ONCE) {
    const blocks = Array.from({ length: Math.ceil(groups.length / BLOCK) }, (_, i) =>
      groups.slice(i * BLOCK, (i + 1) * BLOCK),
    );
    groups = blocks.flatMap((block) => applyMerges(block, agglomerate(block, BLOCK_GROUPS)));
  }
  return chooseCut(groups, agglomerate(groups, 1), limits).map(({ sum }) => normalised(sum));
}

function groupOf({ embedding, frames }: Voice): VoiceGroup {
  return { sum: embedding.map((value) => value * frames), weight: frames };
}

/** What is left of the groups after merges. */
function applyMerges(groups: readonly VoiceGroup[], merges: readonly Merge[]): VoiceGroup[] {
  const left: (VoiceGroup | null)[] = groups.map(({ sum, weight }) => ({ sum: sum.slice(), weight }));
  for (const { into, from } of merges) {
    const [a, b] = [left[into], left[from]];
    if (a == null || b == null) continue;
    for (let i = 0; i < EMBEDDING_SIZE; i++) a.sum[i] = (a.sum[i] ?? 0) + (b.sum[i] ?? 0);
    a.weight += b.weight;
    left[from] = null;
  }
  return left.filter((group) => group !== null);
}

/** The groups that are people: those of the first cut at which none are alike, made more or fewer to keep the limits. */
function chooseCut(groups: VoiceGroup[], merges: readonly Merge[], limits: SpeakerLimits): VoiceGroup[] {
  const differs = merges.findIndex(({ similarity: alike }) => alike < SAME_SPEAKER);
  // Each merge that is not made leaves one group more.
  const most = Math.max(0, groups.length - limits.least);
  const cut = Math.min(differs < 0 ? merges.length : differs, most);
  const left = applyMerges(groups, merges.slice(0, cut)).sort((a, b) => b.weight - a.weight);
  const sure = left.filter(({ weight }) => weight >= SPEAKER_FRAMES).length;
  let people = left.slice(0, Math.max(1, sure, limits.least));
  while (people.length > limits.most) people = joinCheapest(people);
  return people;
}

/**
 * Joins the two groups that lose least by it (Ward's criterion): of those who are about as alike, whoever is hardly heard is more likely no
 * person of their own.
 */
function joinCheapest(groups: VoiceGroup[]): VoiceGroup[] {
  let best = { loss: Infinity, into: 0, from: 1 };
  for (const [from, b] of groups.entries()) {
    for (const [into, a] of groups.slice(0, from).entries()) {
      const loss = ((1 - similarity(a.sum, b.sum)) * a.weight * b.weight) / (a.weight + b.weight);
      if (loss < best.loss) best = { loss, into, from };
    }
  }
  return applyMerges(groups, [{ into: best.into, from: best.from, similarity: 0 }]);
}
