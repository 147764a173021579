import { describe, expect, it } from '@jest/globals';
import type { Span } from './speech-spans.js';
import { WindowPacker, type SpeechWindow } from './window-packer.js';

const span = (start: number, end: number): Span => ({ start, end, speechStart: start, speechEnd: end });

function add(packer: WindowPacker, start: number, end: number): SpeechWindow | null {
  return packer.add(
    span(start, end),
    Float32Array.from({ length: end - start }, (_, i) => start + i),
  );
}

describe('WindowPacker', () => {
  it('puts spans end to end until the next one does not fit', () => {
    const packer = new WindowPacker(10, 100);
    expect(add(packer, 0, 4)).toBeNull();
    expect(add(packer, 6, 12)).toBeNull();
    const window = add(packer, 15, 16);
    expect([...(window?.samples ?? [])]).toEqual([0, 1, 2, 3, 6, 7, 8, 9, 10, 11]);
    expect(window?.pieces).toMatchObject([
      { inWindow: 0, inFile: 0, length: 4 },
      { inWindow: 4, inFile: 6, length: 6 },
    ]);
    expect([...(packer.flush()?.samples ?? [])]).toEqual([15]);
    expect(packer.flush()).toBeNull();
  });

  it('never puts speech from both sides of a long silence together', () => {
    const packer = new WindowPacker(100, 20);
    add(packer, 0, 10);
    expect(add(packer, 31, 40)?.pieces).toHaveLength(1);
  });

  it('closes a window as soon as what follows is certain to be too far away', () => {
    const packer = new WindowPacker(100, 20);
    add(packer, 0, 10);
    expect(packer.settle(30)).toBeNull();
    expect(packer.settle(31)?.pieces).toHaveLength(1);
    expect(packer.settle(1000)).toBeNull();
  });

  it('knows where the speech that waits begins', () => {
    const packer = new WindowPacker(100, 20);
    expect(packer.start).toBeNull();
    add(packer, 5, 10);
    expect(packer.start).toBe(5);
  });
});
