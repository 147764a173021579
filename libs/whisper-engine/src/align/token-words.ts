import type { TokenDecoder } from '../model/whisper-tokenizer.js';

/** Tokens `from` up to, not including, `to`, and their text with the space in front of it. */
export interface TokenWord {
  from: number;
  to: number;
  text: string;
}

/** Written without spaces between words: every character that is whole counts as a word. */
const WITHOUT_SPACES: ReadonlySet<string> = new Set(['zh', 'ja', 'th', 'lo', 'my', 'yue']);
const OPENING = /^\s*["'“¿([{«-]+$/u;
const CLOSING = /^["'.。,\uff0c!\uff01?\uff1f:\uff1a”»)\]}、…;]+$/u;
const UNFINISHED = '\uFFFD';

/** Parts the tokens of a text into words; punctuation stays with the word that it belongs to. */
export function tokenWords(
  tokens: readonly number[],
  decoder: TokenDecoder,
  language: string | null,
): TokenWord[] {
  const characters = wholeCharacters(tokens, decoder);
  const spaced = language === null || !WITHOUT_SPACES.has(language);
  return joinPunctuation(spaced ? joinUntilSpace(characters) : characters);
}

/** The smallest runs of tokens that end where a character ends. */
function wholeCharacters(tokens: readonly number[], decoder: TokenDecoder): TokenWord[] {
  const words: TokenWord[] = [];
  let from = 0;
  tokens.forEach((_, index) => {
    const text = decoder.decode(tokens.slice(from, index + 1));
    // Four bytes are the longest character: beyond that the text really holds something unreadable.
    if (text.includes(UNFINISHED) && index - from < 3 && index < tokens.length - 1) return;
    words.push({ from, to: index + 1, text });
    from = index + 1;
  });
  return words;
}

function joinUntilSpace(parts: readonly TokenWord[]): TokenWord[] {
  return join(parts, (_, part) => !part.text.startsWith(' '));
}

function joinPunctuation(words: readonly TokenWord[]): TokenWord[] {
  return join(words, (before, word) => CLOSING.test(word.text) || OPENING.test(before.text));
}

function join(
  parts: readonly TokenWord[],
  belongs: (before: TokenWord, part: TokenWord) => boolean,
): TokenWord[] {
  const words: TokenWord[] = [];
  for (const part of parts) {
    const before = words.at(-1);
    if (before !== undefined && belongs(before, part)) {
      words[words.length - 1] = { from: before.from, to: part.to, text: before.text + part.text };
    } else {
      words.push(part);
    }
  }
  return words;
}
