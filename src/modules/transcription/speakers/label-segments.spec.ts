import { describe, expect, it } from '@jest/globals';
import type { TranscriptSegment } from '../transcripts/transcript.view.js';
import { type ChannelTurns, labelSegments } from './label-segments.js';

const certainty = { avgLogprob: -0.2, compressionRatio: 1.1, noSpeechProb: 0.01, temperature: 0 };

/** A segment whose words last half a second each. */
function segment(start: number, text: string, channel?: number): TranscriptSegment {
  const words = text.split(' ').map((word, index) => ({
    start: start + index / 2,
    end: start + (index + 1) / 2,
    text: word,
    probability: 0.9,
  }));
  const end = words.at(-1)?.end ?? start;
  return { start, end, text, ...certainty, words, ...(channel !== undefined && { channel }) };
}

function turns(...list: [speaker: number, start: number, end: number][]): ChannelTurns {
  return {
    channel: null,
    names: new Map(),
    turns: list.map(([speaker, start, end]) => ({ speaker, start, end })),
  };
}

describe('labelSegments', () => {
  it('numbers speakers in the order in which they are read, and splits where another one begins', () => {
    const text = [segment(0, 'how are you fine thanks')];
    const found = labelSegments(text, [turns([4, 0, 1.5], [1, 1.5, 2.5])], true);
    expect(found.segments.map(({ speaker, text: said }) => [speaker, said])).toEqual([
      ['speaker_1', 'how are you'],
      ['speaker_2', 'fine thanks'],
    ]);
    expect(found.speakers).toEqual({ speaker_1: 'Speaker 1', speaker_2: 'Speaker 2' });
    expect(found.segments.every(({ avgLogprob }) => avgLogprob === -0.2)).toBe(true);
  });

  it('calls known voices by their names, in all channels by one key', () => {
    const names = new Map([[0, 'Anna']]);
    const left = { ...turns([0, 0, 1], [1, 1, 2]), channel: 0, names };
    const right = { ...turns([0, 2, 3]), channel: 1, names };
    const text = [segment(0, 'one two three four', 0), segment(2, 'five six', 1)];
    const found = labelSegments(text, [left, right], false);
    expect(found.segments.map(({ speaker, channel }) => [speaker, channel])).toEqual([
      ['speaker_1', 0],
      ['speaker_2', 0],
      ['speaker_1', 1],
    ]);
    expect(found.speakers).toEqual({ speaker_1: 'Anna', speaker_2: 'Speaker 2' });
  });

  it('takes the same number in two channels for two people', () => {
    const heard = [0, 1].map((channel) => ({ ...turns([0, 0, 1]), channel }));
    const text = [segment(0, 'one two', 0), segment(0.1, 'three four', 1)];
    expect(Object.keys(labelSegments(text, heard, false).speakers)).toHaveLength(2);
  });

  it('marks what two say at once, segment and words', () => {
    const [found] = labelSegments(
      [segment(0, 'both at once')],
      [turns([0, 0, 1.5], [1, 0, 1.4])],
      true,
    ).segments;
    expect(found).toMatchObject({ overlap: true });
    expect(found?.words?.map(({ overlap }) => overlap)).toEqual([true, true, true]);
  });

  it('keeps words only where they are part of the transcript', () => {
    const [found] = labelSegments([segment(0, 'one two')], [turns([0, 0, 1])], false).segments;
    expect(found).not.toHaveProperty('words');
    expect(labelSegments([segment(0, 'one two')], [], false).segments[0]).not.toHaveProperty('words');
    expect(labelSegments([segment(0, 'one two')], [], true).segments[0]).toHaveProperty('words');
  });

  it('leaves the text as it is where nobody could be told apart', () => {
    const text = [segment(0, 'one two'), segment(3, 'three')];
    expect(labelSegments(text, [], true)).toEqual({ segments: text, speakers: {} });
  });
});
