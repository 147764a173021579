import { describe, expect, it } from '@jest/globals';
import { toSubtitleCues } from './subtitle-cues.js';

const CERTAINTY = { avgLogprob: 0, compressionRatio: 1, noSpeechProb: 0, temperature: 0 };
const TEXT = 'And Mr. John Dashwood had then leisure';
const words = TEXT.split(' ').map((text, at) => ({ text, start: at, end: at + 0.5, probability: 1 }));
const HEARD = { start: 0, end: 7, text: TEXT, ...CERTAINTY };
const segment = { ...HEARD, words };
const UNBROKEN = { lineLength: null, maxWords: null, maxLines: 2 };

describe('toSubtitleCues', () => {
  it('leaves a segment as it is without a limit', () => {
    expect(toSubtitleCues(segment, '', ' ', UNBROKEN)).toEqual([{ start: 0, end: 7, lines: [TEXT] }]);
  });

  it('begins another one after so many words, at the time of the next', () => {
    expect(toSubtitleCues(segment, '', ' ', { ...UNBROKEN, maxWords: 3 })).toEqual([
      { start: 0, end: 2.5, lines: ['And Mr. John'] },
      { start: 3, end: 5.5, lines: ['Dashwood had then'] },
      { start: 6, end: 6.5, lines: ['leisure'] },
    ]);
  });

  it('breaks lines between words and has no more than two of them', () => {
    expect(toSubtitleCues(segment, '', ' ', { ...UNBROKEN, lineLength: 12 })).toEqual([
      { start: 0, end: 4.5, lines: ['And Mr. John', 'Dashwood had'] },
      { start: 5, end: 6.5, lines: ['then leisure'] },
    ]);
  });

  it('shares the time out where a subtitle would have none, as words that were added at the end have', () => {
    const added = ['then', 'leisure'].map((text) => ({ text, start: 7, end: 7, probability: null }));
    const edited = { ...segment, words: [...words.slice(0, 5), ...added] };
    const cues = toSubtitleCues(edited as typeof segment, '', ' ', { ...UNBROKEN, lineLength: 12 });

    expect(cues.map(({ lines }) => lines.join(' '))).toEqual(['And Mr. John Dashwood had', 'then leisure']);
    expect(cues.map(({ start, end }) => end > start)).toEqual([true, true]);
    expect([cues[0]?.start, cues[0]?.end, cues[1]?.end]).toEqual([0, cues[1]?.start, 7]);
  });

  it('has as many lines as it is told', () => {
    expect(toSubtitleCues(segment, '', ' ', { ...UNBROKEN, lineLength: 12, maxLines: 1 })).toHaveLength(3);
    expect(toSubtitleCues(segment, '', ' ', { ...UNBROKEN, lineLength: 12, maxLines: 4 })).toHaveLength(1);
  });

  it('counts who speaks to the first line', () => {
    const [first] = toSubtitleCues(segment, 'Elinor: ', ' ', { ...UNBROKEN, lineLength: 12 });

    expect(first?.lines).toEqual(['Elinor: And', 'Mr. John']);
  });

  it('gives a long word a line of its own', () => {
    const long = { ...HEARD, text: 'a Donaudampfschiff b' };

    expect(toSubtitleCues(long, '', ' ', { ...UNBROKEN, lineLength: 10 })[0]?.lines).toEqual([
      'a',
      'Donaudampfschiff',
    ]);
  });

  it('shares the time out where there are no words', () => {
    const cues = toSubtitleCues(HEARD, '', ' ', { ...UNBROKEN, maxWords: 3 });

    expect(cues.map(({ lines }) => lines[0])).toEqual(['And Mr. John', 'Dashwood had then', 'leisure']);
    expect([cues[0]?.start, cues.at(-1)?.end]).toEqual([0, 7]);
  });

  it('puts no spaces between words of languages without them', () => {
    const chinese = {
      ...segment,
      text: '你好世界',
      words: [
        { text: '你好', start: 0, end: 1, probability: 1 },
        { text: '世界', start: 1, end: 2, probability: 1 },
      ],
    };

    expect(toSubtitleCues(chinese, '', '', { ...UNBROKEN, maxWords: 2 })).toEqual([
      { start: 0, end: 2, lines: ['你好世界'] },
    ]);
  });
});
