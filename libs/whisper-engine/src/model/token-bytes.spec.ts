import { describe, expect, it } from '@jest/globals';
import { TokenBytes } from './token-bytes.js';

const tokens = new TokenBytes({
  model: { vocab: { ĠDash: 0, å: 1, '½Ĺ': 2, Ċ: 3, '<|endoftext|>': 4 } },
  added_tokens: [{ id: 4, content: '<|endoftext|>' }],
});

describe('TokenBytes', () => {
  it('reads a space and what else cannot be printed', () => {
    expect(Buffer.from(tokens.bytes(0)).toString()).toBe(' Dash');
    expect(tokens.bytes(3)).toEqual([0x0a]);
  });

  it('gives the parts of a character that several tokens share', () => {
    expect(tokens.bytes(1)).toEqual([0xe5]);
    expect(Buffer.from([...tokens.bytes(1), ...tokens.bytes(2)]).toString()).toBe('彗');
  });

  it('has none of special and of unknown tokens', () => {
    expect([tokens.bytes(4), tokens.bytes(99)]).toEqual([[], []]);
  });
});
