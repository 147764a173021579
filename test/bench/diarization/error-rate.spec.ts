import { describe, expect, it } from '@jest/globals';
import { cheapestAssignment, diarizationErrorRate, diarizationErrors, type Turn } from './error-rate.js';

const turn = (speaker: string, start: number, end: number): Turn => ({ speaker, start, end });

describe('diarizationErrors', () => {
  const reference = [turn('Ann', 0, 10), turn('Bob', 10, 20)];

  it('finds nothing wrong where only the names differ', () => {
    const errors = diarizationErrors(reference, [turn('1', 0, 10), turn('0', 10, 20)]);
    expect(errors).toMatchObject({ missed: 0, falseAlarm: 0, confused: 0 });
    expect(errors.speech).toBeCloseTo(19, 6);
  });

  it('does not count what lies within a quarter of a second of a border', () => {
    const errors = diarizationErrors(reference, [turn('0', 0, 10.2), turn('1', 10.2, 19.8)]);
    expect(errors).toMatchObject({ missed: 0, falseAlarm: 0, confused: 0 });
  });

  it('counts speech that nobody was found for as missed, and speech where there is none as a false alarm', () => {
    const errors = diarizationErrors([turn('Ann', 0, 10)], [turn('0', 2, 10), turn('0', 12, 13)]);
    expect(errors.missed).toBeCloseTo(1.75, 6);
    expect(errors.falseAlarm).toBeCloseTo(1, 6);
    expect(errors.confused).toBe(0);
  });

  it('counts the speech of one who was taken for another', () => {
    const errors = diarizationErrors(reference, [turn('0', 0, 20)]);
    expect(errors.confused).toBeCloseTo(9.5, 6);
    expect(diarizationErrorRate([errors])).toBeCloseTo(0.5, 6);
  });

  it('counts each of two who speak at once', () => {
    const both = [turn('Ann', 0, 10), turn('Bob', 5, 10)];
    const errors = diarizationErrors(both, [turn('0', 0, 10)]);
    expect(errors.speech).toBeCloseTo(4.5 + 2 * 4.5, 6);
    expect(errors.missed).toBeCloseTo(4.5, 6);
  });

  it('maps speakers so that most is right, not one after the other', () => {
    const answer = [turn('0', 0, 4), turn('1', 4, 16), turn('0', 16, 20)];
    const three = [turn('Ann', 0, 6), turn('Bob', 6, 10), turn('Ann', 10, 16), turn('Cid', 16, 20)];
    expect(diarizationErrors(three, answer).confused).toBeCloseTo(3.75 + 3.5, 6);
  });
});

describe('cheapestAssignment', () => {
  it('finds the cheapest of all assignments of random matrices', () => {
    let state = 1;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 50; round++) {
      const size = 1 + (round % 5);
      const costs = Array.from({ length: size }, () => Array.from({ length: size }, () => random() - 0.5));
      const columns = cheapestAssignment(costs);
      expect([...columns].sort()).toEqual(columns.map((_, index) => index));
      const cost = (order: readonly number[]): number =>
        order.reduce((sum, column, row) => sum + (costs[row]?.[column] ?? NaN), 0);
      const least = Math.min(...permutations(size).map(cost));
      expect(cost(columns)).toBeCloseTo(least, 9);
    }
  });
});

function permutations(size: number): number[][] {
  if (size === 0) return [[]];
  return permutations(size - 1).flatMap((order) =>
    Array.from({ length: size }, (_, at) => [...order.slice(0, at), size - 1, ...order.slice(at)]),
  );
}
