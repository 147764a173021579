import { describe, expect, it } from '@jest/globals';
import { SpeechSpans, type Span } from './speech-spans.js';

/** One hop is 512 samples, 32 ms. The padding of 400 ms is 6400 samples, 12.5 hops; 160 ms of silence are 5 hops. */
const HOP = 512;
const PAD = 6400;
const LONGEST = 30 * 16_000;

/** '#' is speech, '.' silence, '-' lies between onset and offset. */
const probabilities = (picture: string): Float32Array =>
  Float32Array.from(picture, (mark) => ({ '#': 0.9, '-': 0.4 })[mark] ?? 0.1);

function spansOf(picture: string, spans = new SpeechSpans(LONGEST)): Span[] {
  return [...spans.push(probabilities(picture)), ...spans.finish(picture.length * HOP)];
}

describe('SpeechSpans', () => {
  it('finds nothing in silence', () => {
    expect(spansOf('.'.repeat(200))).toEqual([]);
  });

  it('pads speech on both sides', () => {
    const picture = '.'.repeat(50) + '#'.repeat(20) + '.'.repeat(50);
    expect(spansOf(picture)).toEqual([
      { start: 50 * HOP - PAD, end: 70 * HOP + PAD, speechStart: 50 * HOP, speechEnd: 70 * HOP },
    ]);
  });

  it('never reaches beyond the audio', () => {
    expect(spansOf('#'.repeat(10) + '.'.repeat(6))).toEqual([
      { start: 0, end: 16 * HOP, speechStart: 0, speechEnd: 10 * HOP },
    ]);
  });

  it('ends speech that lasts until the end with the audio', () => {
    expect(spansOf('.'.repeat(50) + '#'.repeat(10))).toMatchObject([{ speechEnd: 60 * HOP, end: 60 * HOP }]);
  });

  it('bridges a pause below 160 ms and a probability between the two limits', () => {
    const picture = '#'.repeat(10) + '.'.repeat(4) + '#'.repeat(10) + '-'.repeat(30) + '#'.repeat(10);
    expect(spansOf(picture)).toMatchObject([{ speechStart: 0, speechEnd: 64 * HOP }]);
  });

  it('shares a short pause between two spans', () => {
    const picture = '#'.repeat(10) + '.'.repeat(10) + '#'.repeat(10);
    expect(spansOf(picture)).toEqual([
      { start: 0, end: 15 * HOP, speechStart: 0, speechEnd: 10 * HOP },
      { start: 15 * HOP, end: 30 * HOP, speechStart: 20 * HOP, speechEnd: 30 * HOP },
    ]);
  });

  it('drops speech that is shorter than asked for', () => {
    const spans = new SpeechSpans(LONGEST, { minSpeechMs: 250 });
    expect(spansOf('##'.concat('.'.repeat(20), '#'.repeat(20), '.'.repeat(20)), spans)).toHaveLength(1);
  });

  it('cuts speech that is too long at its last pause', () => {
    const picture = '#'.repeat(400) + '.'.repeat(5) + '#'.repeat(700);
    const spans = spansOf(picture);
    expect(spans[0]).toMatchObject({ speechStart: 0, speechEnd: 400 * HOP });
    expect(spans[1]).toMatchObject({ speechStart: 405 * HOP });
    for (const span of spans) expect(span.end - span.start).toBeLessThanOrEqual(LONGEST);
  });

  it('cuts speech without any pause so that each part fits a window', () => {
    const spans = spansOf('#'.repeat(3000));
    expect(spans.length).toBeGreaterThan(2);
    spans.forEach((span, index) => {
      expect(span.end - span.start).toBeLessThanOrEqual(LONGEST);
      expect(span.start).toBe(spans[index - 1]?.end ?? 0);
    });
    expect(spans.at(-1)?.end).toBe(3000 * HOP);
  });

  it('never reaches back into the span before, though what lay between them was dropped', () => {
    const spans = new SpeechSpans(LONGEST, { minSpeechMs: 250, padMs: 2000 });
    const picture = `${'.'.repeat(80)}${'#'.repeat(40)}.....#......${'#'.repeat(40)}${'.'.repeat(200)}`;
    const found = [...spans.push(probabilities(picture)), ...spans.finish(picture.length * HOP)];
    expect(found).toHaveLength(2);
    expect(found[1]?.start).toBeGreaterThanOrEqual(found[0]?.end ?? Infinity);
  });

  it('gives the same spans however the probabilities come in', () => {
    const picture =
      '.###..#######....##.....####......######..'.repeat(40) + '#'.repeat(1500) + '.'.repeat(40);
    const whole = spansOf(picture);
    const spans = new SpeechSpans(LONGEST);
    const single = Array.from(picture).flatMap((mark) => spans.push(probabilities(mark)));
    expect([...single, ...spans.finish(picture.length * HOP)]).toEqual(whole);
    expect(whole.length).toBeGreaterThan(10);
  });

  it('hands a span out once nothing can change it, and says what it still needs', () => {
    const spans = new SpeechSpans(LONGEST);
    expect(spans.push(probabilities('.'.repeat(50) + '#'.repeat(20)))).toEqual([]);
    expect(spans.settled).toBe(50 * HOP - PAD);
    expect(spans.push(probabilities('.'.repeat(24)))).toEqual([]);
    expect(spans.push(probabilities('.'))).toHaveLength(1);
    expect(spans.settled).toBe(95 * HOP - PAD);
  });
});
