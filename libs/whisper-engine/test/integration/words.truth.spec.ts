import { beforeAll, describe, expect, it } from '@jest/globals';
import { tokenWords } from '../../src/align/token-words.js';
import { openTokenizer, type TokenDecoder } from '../../src/model/whisper-tokenizer.js';
import { truth } from '../truths/truth.js';
import { MODEL_DIR } from './engine.fixture.js';

interface Words {
  language: string;
  text: string;
  tokens: number[];
  words: { text: string; tokens: number }[];
}

const WITHOUT_SPACES = new Set(['ja', 'zh']);

let tokenizer: TokenDecoder;

beforeAll(async () => {
  tokenizer = await openTokenizer(MODEL_DIR);
});

describe('the words of a text', () => {
  it.each(truth('words') as Words[])(
    'are those of openai-whisper: $language',
    ({ language, text, tokens, words }) => {
      expect(tokenizer.decode(tokens)).toBe(text);
      const found = tokenWords(tokens, tokenizer, language);
      expect(found.map((word) => ({ text: word.text, tokens: word.to - word.from }))).toEqual(
        WITHOUT_SPACES.has(language) ? words : whole(words),
      );
    },
  );
});

/** The other implementation also cuts inside words, in front of an apostrophe, a hyphen or a decimal point. */
function whole(words: Words['words']): Words['words'] {
  return words.reduce<Words['words']>((joined, word) => {
    const before = joined.at(-1);
    if (before === undefined || word.text.startsWith(' ')) return [...joined, word];
    return joined.with(-1, { text: before.text + word.text, tokens: before.tokens + word.tokens });
  }, []);
}
