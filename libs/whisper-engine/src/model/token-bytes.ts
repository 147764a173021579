import { isObject, type JsonObject } from './json-file.js';

/** Bytes that byte-level BPE writes as the character of the same number; each of the others has one from U+0100 on, in order. */
const PRINTED: readonly (readonly [number, number])[] = [
  [0x21, 0x7e],
  [0xa1, 0xac],
  [0xae, 0xff],
];

/** The UTF-8 bytes of tokens, which the text that they decode to does not always tell: they may end within a character. */
export class TokenBytes {
  private readonly pieces: readonly string[];

  /** @param tokenizer content of tokenizer.json */
  constructor(tokenizer: JsonObject) {
    const special = specialTokens(tokenizer);
    const pieces: string[] = [];
    for (const [piece, id] of Object.entries(vocabularyOf(tokenizer))) {
      if (typeof id === 'number' && !special.has(id)) pieces[id] = piece;
    }
    this.pieces = pieces;
  }

  /** None for special tokens. */
  bytes(token: number): number[] {
    return Array.from(this.pieces[token] ?? '', (character) => BYTES.get(character) ?? 0);
  }
}

function vocabularyOf({ model }: JsonObject): JsonObject {
  const vocabulary = isObject(model) ? model['vocab'] : undefined;
  return isObject(vocabulary) ? vocabulary : {};
}

function specialTokens({ added_tokens: added }: JsonObject): ReadonlySet<unknown> {
  return new Set(Array.isArray(added) ? added.filter(isObject).map(({ id }) => id) : []);
}

/** As bytes_to_unicode of openai/gpt-2, encoder.py. */
const BYTES: ReadonlyMap<string, number> = byteCharacters();

function byteCharacters(): Map<string, number> {
  const characters = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte <= 0xff; byte++) {
    const printed = PRINTED.some(([from, to]) => byte >= from && byte <= to);
    characters.set(String.fromCodePoint(printed ? byte : next++), byte);
  }
  return characters;
}
