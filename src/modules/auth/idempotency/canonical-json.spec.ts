import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from './canonical-json.js';

describe('the canonical form of JSON', () => {
  it('does not depend on the order of fields, however deep', () => {
    const one = { b: [{ y: 1, x: null }], a: { d: 'é', c: 2 } };
    const other = { a: { c: 2, d: 'é' }, b: [{ x: null, y: 1 }] };

    expect(canonicalJson(one)).toBe(canonicalJson(other));
    expect(JSON.parse(canonicalJson(one))).toEqual(one);
  });

  it.each([
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: '1' }],
    [{ a: null }, {}],
    [[], {}],
    [null, {}],
  ])('tells %j from %j', (one, other) => {
    expect(canonicalJson(one)).not.toBe(canonicalJson(other));
  });
});
