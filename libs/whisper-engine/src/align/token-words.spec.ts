import { describe, expect, it } from '@jest/globals';
import { tokenWords } from './token-words.js';

/** Tokens are indexes of these pieces of UTF-8. */
function decoderOf(...pieces: (string | number[])[]): { decode(tokens: readonly number[]): string } {
  return {
    decode: (tokens) => Buffer.concat(tokens.map((id) => Buffer.from(pieces[id] ?? ''))).toString('utf8'),
  };
}

const words = (language: string, ...pieces: (string | number[])[]): string[] =>
  tokenWords([...pieces.keys()], decoderOf(...pieces), language).map(({ text }) => text);

describe('tokenWords', () => {
  it('begins a word at each space', () => {
    expect(words('en', ' Dash', 'wood', ' had', ' lei', 's', 'ure')).toEqual([
      ' Dashwood',
      ' had',
      ' leisure',
    ]);
  });

  it('keeps punctuation with its word', () => {
    expect(words('en', ' He', ' said', ',', ' "', 'Yes', '."', ' -', ' then')).toEqual([
      ' He',
      ' said,',
      ' "Yes."',
      ' - then',
    ]);
  });

  it('counts every character where words have no spaces', () => {
    expect(words('ja', '客観', '的', '。')).toEqual(['客観', '的。']);
  });

  it('puts tokens together that only make a character as a group', () => {
    const [a, b, c] = Buffer.from('世');
    expect(words('zh', [a ?? 0], [b ?? 0, c ?? 0], '界')).toEqual(['世', '界']);
  });

  it('leaves out no token, not even one that is no text', () => {
    const parts = tokenWords([0, 1, 2], decoderOf(' a', [0xe4], [0xb8]), 'zh');
    expect(parts.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 3],
    ]);
  });
});
