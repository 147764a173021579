import { describe, expect, it } from '@jest/globals';
import { applyTimestampRules } from '../../src/decode/timestamp-rules.js';
import { truth } from '../truths/truth.js';

interface Rules {
  endOfText: number;
  noTimestamps: number;
  firstTimestamp: number;
  cases: {
    history: number[];
    /** Null: any timestamp may be the first. */
    maxInitialTimestampIndex: number | null;
    logits: number[];
    allowed: number[];
    best: number | null;
  }[];
}

const { cases, ...ids } = truth('timestamp-rules') as Rules;

const named = cases.map((one, index) => ({ ...one, name: `${index}: [${one.history.join(' ')}]` }));

describe('the rules for timestamps', () => {
  it.each(named)('allow what openai-whisper allows after $name', (one) => {
    const { history, logits, allowed, best, maxInitialTimestampIndex } = one;
    const ruled = Float32Array.from(logits);
    const limit = maxInitialTimestampIndex ?? logits.length;
    applyTimestampRules(ruled, history, { ...ids, maxInitialTimestampIndex: limit });
    const left = [...ruled.keys()].filter((id) => ruled[id] !== -Infinity);
    expect(left).toEqual(allowed);
    for (const id of left) expect(ruled[id]).toBe(Math.fround(logits[id] ?? NaN));
    if (best !== null) expect(ruled.indexOf(Math.max(...ruled))).toBe(best);
  });
});
