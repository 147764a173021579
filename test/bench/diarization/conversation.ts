import type { Turn } from './error-rate.js';
import { Random } from './random.js';
import type { Utterance, Voices } from './voices.js';

export interface Conversation {
  readonly samples: Float32Array;
  readonly turns: readonly Turn[];
  readonly speakers: number;
}

export interface ConversationPlan {
  readonly seed: number;
  readonly speakers: number;
}

const RATE = 16_000;
/** Of all turns this share begins while the one before is still speaking. */
const INTERRUPTIONS = 0.2;
const LONGEST_OVERLAP = 1.5;
const PAUSES = [0.05, 1.2] as const;
/** Level of a speaker against the others, as a factor: 6 dB up and down. */
const LEVELS = [0.5, 1.4] as const;
/** Of conversations every second has noise, this many decibels below the speech. */
const NOISE = [12, 25] as const;
const SPEECH_LEVEL = 0.07;
/** Turns of each speaker, as far as there are utterances. */
const MOST_TURNS = 7;
const LEAD_IN = 0.5;

/** Mixes a conversation: turns in a random order, pauses, interruptions, people of different loudness, noise. The same for the same plan. */
export function mixConversation(voices: Voices, { seed, speakers }: ConversationPlan): Conversation {
  const random = new Random(seed);
  const spoken = orderTurns(voices, speakers, random);
  const turns: (Turn & { samples: Utterance; level: number })[] = [];
  const levels = new Map(spoken.map(({ speaker }) => [speaker, random.between(...LEVELS)]));
  let end = LEAD_IN;
  for (const { speaker, samples } of spoken) {
    const length = samples.length / RATE;
    const last = turns.at(-1);
    const interrupts = last !== undefined && last.speaker !== speaker && random.next() < INTERRUPTIONS;
    const most = Math.min(LONGEST_OVERLAP, length / 2, ((last?.end ?? 0) - (last?.start ?? 0)) / 2);
    const start = interrupts
      ? end - random.between(0.3, Math.max(0.3, most))
      : end + random.between(...PAUSES);
    turns.push({ speaker, start, end: start + length, samples, level: levels.get(speaker) ?? 1 });
    end = Math.max(end, start + length);
  }
  const samples = new Float32Array(Math.ceil((end + LEAD_IN) * RATE));
  for (const turn of turns) {
    const from = Math.round(turn.start * RATE);
    turn.samples.forEach((value, i) => {
      samples[from + i] = (samples[from + i] ?? 0) + value * turn.level;
    });
  }
  if (seed % 2 === 1) addNoise(samples, random);
  const loudest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const factor = Math.min(1, 0.98 / loudest);
  return {
    samples: samples.map((value) => value * factor),
    turns: turns.map(({ speaker, start, end: stop }) => ({ speaker, start, end: stop })),
    speakers,
  };
}

/** Who says what, one after the other, nobody twice in a row as long as others have something to say. */
function orderTurns(
  voices: Voices,
  speakers: number,
  random: Random,
): { speaker: string; samples: Utterance }[] {
  // Somebody who is hardly heard cannot be counted.
  const able = [...voices].filter(([, said]) => secondsOf(said) >= 6 && said.length >= 2);
  const left = random
    .shuffled(able)
    .slice(0, speakers)
    .map(([speaker, said]) => ({
      speaker,
      said: random.shuffled(said).slice(0, MOST_TURNS),
    }));
  const order: { speaker: string; samples: Utterance }[] = [];
  while (left.some(({ said }) => said.length > 0)) {
    const able = left.filter(({ said }) => said.length > 0);
    const others = able.filter(({ speaker }) => speaker !== order.at(-1)?.speaker);
    const next = random.pick(others.length > 0 ? others : able);
    const samples = next.said.pop();
    if (samples !== undefined) order.push({ speaker: next.speaker, samples });
  }
  return order;
}

const secondsOf = (said: readonly Utterance[]): number =>
  said.reduce((sum, { length }) => sum + length, 0) / RATE;

/** Noise of a room: more of it the lower the frequency. */
function addNoise(samples: Float32Array, random: Random): void {
  const level = SPEECH_LEVEL * 10 ** (-random.between(...NOISE) / 20);
  let low = 0;
  for (let i = 0; i < samples.length; i++) {
    const white = random.between(-1, 1);
    low += 0.05 * (white - low);
    samples[i] = (samples[i] ?? 0) + level * (0.5 * white + 5 * low);
  }
}
