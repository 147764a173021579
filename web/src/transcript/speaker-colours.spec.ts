import { expect, it } from '@jest/globals';
import { coloursOf, SPEAKER_COLOURS } from './speaker-colours';

const numbered = (...numbers: number[]): string[] => numbers.map((number) => `speaker_${number}`);

it('a speaker keeps a colour when others come and go', () => {
  expect([...coloursOf(numbered(1, 2, 3)).values()]).toEqual([1, 2, 3]);
  expect([...coloursOf(numbered(1, 3)).values()]).toEqual([1, 3]);
  expect([...coloursOf(['channel_0', 'channel_1']).values()]).toEqual([1, 2]);
});

it('no two have the same one as long as there are enough', () => {
  const voices = ['anna', 'channel_0', 'channel_1', 'zoe', ...numbered(1, 2, 9, 17)];
  expect(new Set(coloursOf(voices).values()).size).toBe(SPEAKER_COLOURS);
});

it('there is one for everybody, also after the last', () => {
  const colours = [...coloursOf(Array.from({ length: 20 }, (_, index) => `speaker_${index}`)).values()];
  expect(colours).toHaveLength(20);
  expect(colours.every((colour) => colour >= 1 && colour <= SPEAKER_COLOURS)).toBe(true);
});
