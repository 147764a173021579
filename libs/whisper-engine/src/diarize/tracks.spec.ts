import { describe, expect, it } from '@jest/globals';
import { HOP_FRAMES, WINDOW_FRAMES } from './frames.js';
import { joinWindows } from './tracks.js';

/** Who is heard in a window: bits by frame of the recording, as the speakers of this window are numbered. */
const window = (index: number, bits: (frame: number) => number): Uint8Array =>
  Uint8Array.from({ length: WINDOW_FRAMES }, (_, frame) => bits(index * HOP_FRAMES + frame));

const between = (frame: number, start: number, end: number): boolean => frame >= start && frame < end;

describe('joinWindows', () => {
  it('follows a speaker through windows that number them differently', () => {
    const first = window(0, (frame) => (frame < 400 ? 0b001 : 0b010));
    const second = window(1, (frame) => (frame < 400 ? 0b100 : 0b001));
    const { active } = joinWindows([first, second]);
    const heard = active.filter((track) => track.includes(1));
    expect(heard).toHaveLength(2);
    expect(heard[0]?.lastIndexOf(1)).toBe(399);
    expect(heard[1]?.indexOf(1)).toBe(400);
    expect(heard[1]?.lastIndexOf(1)).toBe(HOP_FRAMES + WINDOW_FRAMES - 1);
  });

  it('hears two at once where most windows do', () => {
    const both = (frame: number): number => (between(frame, 300, 350) ? 0b011 : 0b001);
    const { active } = joinWindows([window(0, both), window(1, both), window(2, () => 0b001)]);
    const heard = active.filter((track) => track.includes(1));
    expect(heard.map((track) => [track.indexOf(1), track.lastIndexOf(1)])).toContainEqual([300, 349]);
  });

  it('begins a new track for somebody who was not heard before', () => {
    const { active } = joinWindows([window(0, () => 0), window(1, (frame) => (frame > 650 ? 0b001 : 0))]);
    expect(active.filter((track) => track.includes(1))).toHaveLength(1);
  });
});
