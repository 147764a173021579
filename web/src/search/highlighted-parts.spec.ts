import { describe, expect, it } from '@jest/globals';
import { highlightedParts } from './highlighted-parts.js';

describe('highlightedParts', () => {
  it('cuts a text at what was found in it', () => {
    expect(
      highlightedParts('An estate of estates', [
        { start: 3, end: 9 },
        { start: 13, end: 20 },
      ]),
    ).toEqual([
      { text: 'An ', found: false },
      { text: 'estate', found: true },
      { text: ' of ', found: false },
      { text: 'estates', found: true },
    ]);
  });

  it('leaves a text whole in which nothing was found', () => {
    expect(highlightedParts('<b>it</b>', [])).toEqual([{ text: '<b>it</b>', found: false }]);
  });
});
