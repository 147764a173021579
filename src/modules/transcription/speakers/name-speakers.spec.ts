import { describe, expect, it } from '@jest/globals';
import { nameSpeakers } from './name-speakers.js';

/** A voice in the plane, at an angle in degrees: the cosine between two is how alike they are. */
function voiceAt(degrees: number): Float32Array {
  const radians = (degrees * Math.PI) / 180;
  return Float32Array.of(Math.cos(radians), Math.sin(radians));
}

const speakersAt = (...angles: number[]): { id: number; embedding: Float32Array }[] =>
  angles.map((angle, id) => ({ id, embedding: voiceAt(angle) }));
const known = (name: string, angle: number): { name: string; embedding: number[] } => ({
  name,
  embedding: [...voiceAt(angle)],
});

describe('speakers', () => {
  it('have the names of the voices that they are like', () => {
    const names = nameSpeakers(speakersAt(0, 90), [known('Ada', 80), known('Ben', 10)]);

    expect([...names].toSorted()).toEqual([
      [0, 'Ben'],
      [1, 'Ada'],
    ]);
  });

  it('have none where they are like nobody who is known', () => {
    expect([...nameSpeakers(speakersAt(0, 180), [known('Ada', 90)])]).toEqual([]);
  });

  it('never share a voice, which is that of the one who is more like it', () => {
    expect([...nameSpeakers(speakersAt(0, 20), [known('Ada', 15)])]).toEqual([[1, 'Ada']]);
  });

  it('have one name each, and leave the other one to the next', () => {
    const names = nameSpeakers(speakersAt(0, 40), [known('Ada', 5), known('Ben', 10)]);

    expect([...names].toSorted()).toEqual([
      [0, 'Ada'],
      [1, 'Ben'],
    ]);
  });

  it('have no names where nobody is known', () => {
    expect([...nameSpeakers(speakersAt(0), [])]).toEqual([]);
  });
});
