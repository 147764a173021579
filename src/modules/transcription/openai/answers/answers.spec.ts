import { describe, expect, it } from '@jest/globals';
import type { JobSegment } from '../../../jobs/job-text.view.js';
import { SpeakerNames } from './speaker-names.js';
import { TextTokens } from './text-tokens.js';

describe('the speakers of a recording', () => {
  const voices = { speaker_1: 'Speaker 1', speaker_2: 'Ada', speaker_3: 'Speaker 3' };

  it('are letters in the order in which their channels are heard', () => {
    const names = new SpeakerNames([], {});

    expect([1, 0, 1].map((channel) => names.nameOf({ channel }))).toEqual(['A', 'B', 'A']);
  });

  it('have the names that are known, and letters between them', () => {
    const names = new SpeakerNames(['Ada'], voices);
    const heard = ['speaker_1', 'speaker_2', 'speaker_3', 'speaker_2'];

    expect(heard.map((speaker) => names.nameOf({ speaker, channel: 0 }))).toEqual(['A', 'Ada', 'B', 'Ada']);
  });

  it('have no letter that is the name of somebody', () => {
    const names = new SpeakerNames(['A'], { speaker_1: 'Speaker 1', speaker_2: 'A' });

    expect(['speaker_1', 'speaker_2'].map((speaker) => names.nameOf({ speaker }))).toEqual(['B', 'A']);
  });

  it('are unknown where nobody could be told apart', () => {
    expect(new SpeakerNames([], {}).nameOf({})).toBe('unknown');
  });

  it('are never short of letters', () => {
    const names = new SpeakerNames([], {});
    const told = Array.from({ length: 53 }, (_, channel) => names.nameOf({ channel }));

    expect([told[25], told[26], told[51], told[52]]).toEqual(['Z', 'AA', 'AZ', 'BA']);
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
