import { describe, expect, it } from '@jest/globals';
import { PcmBuffer } from './pcm-buffer.js';

const counting = (from: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => from + i);

describe('PcmBuffer', () => {
  it('gives back samples by their number in the stream, across blocks', () => {
    const buffer = new PcmBuffer();
    buffer.append(counting(0, 5));
    buffer.append(counting(5, 3));
    expect([...buffer.read(3, 7)]).toEqual([3, 4, 5, 6]);
    expect(buffer.end).toBe(8);
  });

  it('keeps the numbers of samples when earlier ones are dropped', () => {
    const buffer = new PcmBuffer();
    buffer.append(counting(0, 10));
    buffer.dropBefore(6);
    buffer.append(counting(10, 2));
    expect([...buffer.read(6, 12)]).toEqual([6, 7, 8, 9, 10, 11]);
  });

  it('refuses samples that are gone or have not come', () => {
    const buffer = new PcmBuffer();
    buffer.append(counting(0, 10));
    buffer.dropBefore(4);
    expect(() => buffer.read(3, 5)).toThrow(RangeError);
    expect(() => buffer.read(9, 11)).toThrow(RangeError);
  });

  it('never drops what has not come yet', () => {
    const buffer = new PcmBuffer();
    buffer.append(counting(0, 10));
    buffer.dropBefore(50);
    expect(buffer.end).toBe(10);
    buffer.append(counting(10, 1));
    expect([...buffer.read(10, 11)]).toEqual([10]);
  });

  it('holds more than it was made for', () => {
    const buffer = new PcmBuffer();
    buffer.append(counting(0, 100_000));
    buffer.append(counting(100_000, 100_000));
    expect([...buffer.read(99_999, 100_001)]).toEqual([99_999, 100_000]);
  });

  it('takes what is no sound for silence', () => {
    const buffer = new PcmBuffer();
    const damaged = [NaN, Infinity, -Infinity, 1e30, 20_000];
    buffer.append(Float32Array.of(0.5, ...damaged, -4));
    buffer.silence(0);
    expect([...buffer.read(0, buffer.end)]).toEqual([0.5, ...damaged.map(() => 0), -4]);
  });

  it('refuses integers that nobody scaled', () => {
    const buffer = new PcmBuffer();
    buffer.append(counting(0, 2000));
    expect(() => {
      buffer.silence(0);
    }).toThrow(expect.objectContaining({ code: 'audio_invalid', message: expect.stringContaining('32768') }));
    buffer.append(counting(0, 1000));
    expect(() => {
      buffer.silence(2000);
    }).not.toThrow();
  });

  it('hands out copies', () => {
    const buffer = new PcmBuffer();
    buffer.append(counting(0, 3));
    buffer.read(0, 3)[0] = 9;
    expect([...buffer.read(0, 1)]).toEqual([0]);
  });
});
