import { describe, expect, it } from '@jest/globals';
import { SpeechTape } from './speech-tape.js';

function tape(): SpeechTape {
  const speech = new SpeechTape();
  for (const [start, length] of [
    [100, 10],
    [500, 20],
    [900, 5],
  ] as const) {
    const samples = Float32Array.from({ length }, (_, i) => start + i);
    speech.append(
      { start, end: start + length, speechStart: start + 1, speechEnd: start + length - 1 },
      samples,
    );
  }
  return speech;
}

describe('SpeechTape', () => {
  it('gives windows from anywhere, and where their samples lie in the audio', () => {
    const { samples, pieces } = tape().read(8, 24);
    expect([...samples]).toEqual([108, 109, ...Array.from({ length: 20 }, (_, i) => 500 + i), 900, 901]);
    expect(pieces.map(({ inWindow, inFile, length }) => [inWindow, inFile, length])).toEqual([
      [0, 108, 2],
      [2, 500, 20],
      [22, 900, 2],
    ]);
  });

  it('takes samples back to the audio', () => {
    const speech = tape();
    expect([0, 9, 10, 34].map((sample) => speech.toFile(sample))).toEqual([100, 109, 500, 904]);
    expect(speech.toFile(35)).toBeNull();
  });

  it('forgets what lies behind', () => {
    const speech = tape();
    speech.dropBefore(12);
    expect([...speech.read(12, 2).samples]).toEqual([502, 503]);
    expect(() => speech.read(11, 2)).toThrow(RangeError);
  });
});
