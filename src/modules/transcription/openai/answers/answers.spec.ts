import { describe, expect, it } from '@jest/globals';
import type { JobSegment } from '../../../jobs/job-text.view.js';
import { Speakers } from './speakers.js';
import { TextTokens } from './text-tokens.js';

describe('the speakers of a recording', () => {
  it('are letters in the order in which they are heard', () => {
    const speakers = new Speakers();

    expect([1, 0, 1].map((channel) => speakers.nameOf(channel))).toEqual(['A', 'B', 'A']);
  });

  it('are never short of letters', () => {
    const speakers = new Speakers();
    const names = Array.from({ length: 53 }, (_, channel) => speakers.nameOf(channel));

    expect([names[25], names[26], names[51], names[52]]).toEqual(['Z', 'AA', 'AZ', 'BA']);
  });
});

describe('the tokens of a text', () => {
  const segment = (...texts: string[]): JobSegment => ({
    start: 0,
    end: 1,
    text: texts.join('').trim(),
    avgLogprob: 0,
    compressionRatio: 1,
    noSpeechProb: 0,
    temperature: 0,
    tokens: texts.map((text, id) => ({ id, logprob: -0.1, bytes: [...Buffer.from(text)] })),
  });

  it.each([' ', ''])('are that text, joined by %p', (separator) => {
    const segments = [segment(' ', ' Grüß', ' Gott.'), segment(' So', '. '), segment(' '), segment('Ja')];
    const tokens = new TextTokens();
    const bytes = segments.flatMap((part) => tokens.next(part, separator)).flatMap((token) => token.bytes);
    const spoken = segments.filter(({ text }) => text !== '').map(({ text }) => text);

    expect(Buffer.from(bytes).toString()).toBe(spoken.join(separator));
  });
});
