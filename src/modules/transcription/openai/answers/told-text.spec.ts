import { describe, expect, it } from '@jest/globals';
import type { JobSegment, JobTextPiece } from '../../../jobs/job-text.view.js';
import { ToldText } from './told-text.js';

function piece(from: number, ...texts: string[]): JobTextPiece {
  const certainty = { avgLogprob: 0, compressionRatio: 1, noSpeechProb: 0, temperature: 0 };
  const segments = texts.map((text): JobSegment => ({ start: 0, end: 1, text, ...certainty }));
  return { version: 1, from, segments };
}

function tellAll(...pieces: JobTextPiece[]): string[] {
  const told = new ToldText();
  const parts = pieces.map((one) => told.add(one, ' '));
  expect(parts.join('')).toBe(told.text);
  return parts;
}

describe('a text that is told while it is made', () => {
  it('is told in parts, which one after the other are the text', () => {
    expect(tellAll(piece(0, 'One.'), piece(1, 'Two.', 'Three.'))).toEqual(['One.', ' Two. Three.']);
  });

  it('is not told again when its segments are cut at the speakers', () => {
    expect(tellAll(piece(0, 'One. Two.'), piece(0, 'One.', 'Two.', 'Three.'))).toEqual([
      'One. Two.',
      ' Three.',
    ]);
  });

  it('may be cut where there is no space', () => {
    expect(tellAll(piece(0, 'well-known'), piece(0, 'well-', 'known', 'one'))).toEqual([
      'well-known',
      ' one',
    ]);
  });

  it('says nothing until a text that was begun anew is further', () => {
    const parts = tellAll(piece(0, 'One. Two.'), piece(0, 'One.'), piece(1, 'Two. Three.'));

    expect(parts).toEqual(['One. Two.', '', ' Three.']);
  });

  it('is refused when it comes out differently', () => {
    expect(() => tellAll(piece(0, 'One.'), piece(0, 'Won.'))).toThrow(
      expect.objectContaining({ code: 'transcription_failed' }),
    );
  });
});
