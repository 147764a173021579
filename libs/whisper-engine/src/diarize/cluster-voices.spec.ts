import { describe, expect, it } from '@jest/globals';
import { clusterVoices, type Voice } from './cluster-voices.js';
import { EMBEDDING_SIZE, normalised, similarity } from './embedding.js';

let state = 1;
/** About normal. */
function random(): number {
  let sum = 0;
  for (let i = 0; i < 6; i++) sum += (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
  return sum;
}

const direction = (): Float32Array => normalised(Array.from({ length: EMBEDDING_SIZE }, random));

/** Voices around those of some people: their cosines with each other are about 0.7. */
function voicesOf(people: readonly Float32Array[], each: number, frames = 100): Voice[] {
  const spread = 0.65 / Math.sqrt(EMBEDDING_SIZE / 2);
  return Array.from({ length: each * people.length }, (_, i) => {
    const person = people[i % people.length] ?? new Float32Array();
    return { embedding: normalised(person.map((value) => value + spread * random())), frames };
  });
}

const anyNumber = { least: 1, most: 20 };
const people = Array.from({ length: 5 }, direction);

describe('clusterVoices', () => {
  it('finds as many speakers as there are people', () => {
    for (const count of [1, 2, 5]) {
      const centres = clusterVoices(voicesOf(people.slice(0, count), 10), anyNumber);
      expect(centres).toHaveLength(count);
      for (const person of people.slice(0, count)) {
        expect(Math.max(...centres.map((centre) => similarity(centre, person)))).toBeGreaterThan(0.9);
      }
    }
  });

  it('makes no speaker of one short sound', () => {
    const cough = { embedding: direction(), frames: 70 };
    expect(clusterVoices([...voicesOf(people.slice(0, 2), 10), cough], anyNumber)).toHaveLength(2);
  });

  it('keeps to the limits, and joins those first by which least is lost', () => {
    const voices = [...voicesOf(people.slice(0, 2), 20), ...voicesOf(people.slice(2, 3), 2)];
    const two = clusterVoices(voices, { least: 1, most: 2 });
    expect(two).toHaveLength(2);
    for (const person of people.slice(0, 2)) {
      expect(Math.max(...two.map((centre) => similarity(centre, person)))).toBeGreaterThan(0.9);
    }
    expect(clusterVoices(voicesOf(people.slice(0, 2), 20), { least: 4, most: 4 })).toHaveLength(4);
  });

  it('finds the same people in a recording so long that it is clustered in blocks', () => {
    const centres = clusterVoices(voicesOf(people, 800), anyNumber);
    expect(centres).toHaveLength(people.length);
  });

  it('takes all voices where none is heard for long', () => {
    expect(clusterVoices(voicesOf(people.slice(0, 1), 3, 20), anyNumber)).toHaveLength(1);
  });
});
