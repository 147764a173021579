import { describe, expect, it } from '@jest/globals';
import { assignSpeakers, type SpokenSegment, type SpokenWord } from './assign-speakers.js';
import type { SpeakerTurn } from './diarization.js';

const turn = (speaker: number, start: number, end: number): SpeakerTurn => ({ speaker, start, end });

/** A segment whose words follow one another, each as long as it says. */
function spoken(start: number, ...words: [string, number][]): SpokenSegment & { words: SpokenWord[] } {
  let at = start;
  const timed = words.map(([text, length]) => ({ text, start: at, end: (at += length) }));
  return { start, end: at, text: words.map(([text]) => text).join(' '), words: timed };
}

const short = (segments: readonly { speaker: number | null; text: string }[]): [number | null, string][] =>
  segments.map(({ speaker, text }) => [speaker, text]);

describe('assignSpeakers', () => {
  it('leaves a segment of one speaker whole', () => {
    const segment = { ...spoken(1, ['Good', 0.5], ['morning.', 0.5]), avgLogprob: -0.2 };
    const [found, ...others] = assignSpeakers([segment], { turns: [turn(0, 0.9, 2.1)] });
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      start: 1,
      end: 2,
      text: 'Good morning.',
      avgLogprob: -0.2,
      speaker: 0,
      overlap: false,
    });
    expect(found?.words?.map(({ speaker }) => speaker)).toEqual([0, 0]);
  });

  it('splits a segment between the words where the speaker changes', () => {
    const segment = spoken(0, ['How', 0.4], ['are', 0.4], ['you?', 0.4], ['Fine,', 0.5], ['thanks.', 0.5]);
    const found = assignSpeakers([segment], { turns: [turn(0, 0, 1.25), turn(1, 1.25, 2.2)] });
    expect(short(found)).toEqual([
      [0, 'How are you?'],
      [1, 'Fine, thanks.'],
    ]);
    expect(found.map(({ start, end }) => [start, end])).toEqual([
      [0, expect.closeTo(1.2)],
      [expect.closeTo(1.2), expect.closeTo(2.2)],
    ]);
  });

  it('gives a word the speaker who is heard in most of it, and between equals the one of the word before', () => {
    const segment = spoken(0, ['one', 1], ['two', 1], ['three', 1]);
    const found = assignSpeakers([segment], { turns: [turn(0, 0, 1.5), turn(1, 1.5, 3)] });
    expect(short(found)).toEqual([
      [0, 'one two'],
      [1, 'three'],
    ]);
  });

  it('gives a word that nobody is heard in the nearest speaker, or else the speaker before', () => {
    const near = assignSpeakers([spoken(2, ['near', 0.2])], { turns: [turn(0, 0, 1), turn(1, 2.5, 4)] });
    expect(short(near)).toEqual([[1, 'near']]);
    const far = assignSpeakers([spoken(0, ['said', 1]), spoken(5, ['far', 1])], { turns: [turn(1, 0, 1)] });
    expect(short(far)).toEqual([
      [1, 'said'],
      [1, 'far'],
    ]);
    expect(short(assignSpeakers([spoken(5, ['nobody', 1])], { turns: [] }))).toEqual([[null, 'nobody']]);
  });

  it('does not split a phrase at the flicker of one short word, but says whose the word seems to be', () => {
    const segment = spoken(0, ['this', 0.5], ['is', 0.2], ['mine', 0.5]);
    const flicker = { turns: [turn(0, 0, 0.5), turn(1, 0.5, 0.7), turn(0, 0.7, 1.2)] };
    const [found, ...others] = assignSpeakers([segment], flicker);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ speaker: 0, text: 'this is mine' });
    expect(found?.words?.map(({ speaker }) => speaker)).toEqual([0, 1, 0]);
    const long = spoken(0, ['this', 0.5], ['is', 0.6], ['mine', 0.5]);
    const change = { turns: [turn(0, 0, 0.5), turn(1, 0.5, 1.1), turn(0, 1.1, 1.6)] };
    expect(assignSpeakers([long], change)).toHaveLength(3);
  });

  it('marks what two people say at once', () => {
    const segment = spoken(0, ['alone', 1], ['together', 1]);
    const [found] = assignSpeakers([segment], { turns: [turn(0, 0, 2), turn(1, 1.2, 3)] });
    expect(found?.words?.map(({ overlap }) => overlap)).toEqual([false, true]);
    expect(found).toMatchObject({ speaker: 0, overlap: true });
  });

  it('takes a segment without words for the speaker who is heard in most of it', () => {
    const segment = { start: 0, end: 4, text: 'No times of words.' };
    expect(short(assignSpeakers([segment], { turns: [turn(0, 0, 1), turn(1, 1, 4)] }))).toEqual([
      [1, 'No times of words.'],
    ]);
  });

  it('cuts text without spaces, and tokens with it', () => {
    const bytes = (text: string): { bytes: number[] } => ({ bytes: [...new TextEncoder().encode(text)] });
    const words = [
      { text: '你好。', start: 0, end: 1 },
      { text: '早安。', start: 1, end: 2 },
    ];
    const tokens = [bytes(' 你'), bytes('好。'), bytes('早安'), bytes('。')];
    const segment = { start: 0, end: 2, text: '你好。早安。', words, tokens };
    const found = assignSpeakers([segment], { turns: [turn(0, 0, 1), turn(1, 1, 2)] });
    expect(found.map(({ text }) => text)).toEqual(['你好。', '早安。']);
    expect(found.map((part) => part.tokens.length)).toEqual([2, 2]);
  });

  it('loses no word, changes no text and no order, whoever speaks when', () => {
    let state = 7;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 300; round++) {
      const turns = Array.from({ length: Math.floor(random() * 8) }, () => {
        const start = random() * 10;
        return turn(Math.floor(random() * 3), start, start + random() * 3);
      }).sort((a, b) => a.start - b.start || a.end - b.end);
      const segments = [0, 4, 8].map((start) =>
        spoken(
          start,
          ...Array.from({ length: 1 + Math.floor(random() * 6) }, (_, i): [string, number] => [
            ['a', 'bb', 'a.', 'über', 'a'][i % 5] ?? 'x',
            random() * 0.6,
          ]),
        ),
      );
      const found = assignSpeakers(segments, { turns });
      expect(found.map(({ text }) => text).join(' ')).toBe(segments.map(({ text }) => text).join(' '));
      expect(found.flatMap(({ words }) => words ?? [])).toMatchObject(segments.flatMap(({ words }) => words));
      for (const part of found) {
        expect(part.text).toBe(part.words?.map(({ text }) => text).join(' '));
        expect(part.start).toBeLessThanOrEqual(part.end);
      }
    }
  });
});
