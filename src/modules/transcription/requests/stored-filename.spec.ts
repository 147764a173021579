import { describe, expect, it } from '@jest/globals';
import { toStoredFilename } from './stored-filename.js';

describe('toStoredFilename', () => {
  it.each([
    ["Sätze 日本 (1) & 'q'; x.flac", "Sätze 日本 (1) & 'q'; x.flac"],
    ['../../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\talk.wav', 'talk.wav'],
    ['a\r\nSet-Cookie: x=1\u0000.mp3', 'aSet-Cookie: x=1.mp3'],
    ['evil\u202Egpj.mp3', 'evilgpj.mp3'],
    ['   ', 'recording'],
    ['', 'recording'],
    ['a/', 'recording'],
  ])('keeps of %p what can be shown: %p', (sent, stored) => {
    expect(toStoredFilename(sent)).toBe(stored);
  });

  it('cuts an endless name without breaking a character', () => {
    expect(Array.from(toStoredFilename('🎧'.repeat(100_000)))).toHaveLength(255);
  });
});
