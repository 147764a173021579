import { WhisperTokenizer } from '@xenova/transformers';
import { EngineError } from '../errors.js';
import { readJson } from './json-file.js';
import { TokenBytes } from './token-bytes.js';

/** Tokens to text. */
export interface TokenDecoder {
  /** A token that ends inside a character gives U+FFFD. Special tokens give nothing. */
  decode(tokens: readonly number[]): string;
}

export interface WhisperText extends TokenDecoder {
  /** Without special tokens. */
  encode(text: string): number[];
  /** UTF-8 of one token, which may begin or end within a character. None for special tokens. */
  bytes(token: number): number[];
}

/** @throws EngineError `model_invalid` */
export async function openTokenizer(folder: string): Promise<WhisperText> {
  const content = await readJson(folder, 'tokenizer.json');
  const config = await readJson(folder, 'tokenizer_config.json');
  try {
    const tokenizer = new WhisperTokenizer(content, config);
    const tokenBytes = new TokenBytes(content);
    return {
      decode: (tokens) =>
        tokenizer.decode([...tokens], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
      encode: (text) => tokenizer.encode(text, { add_special_tokens: false }),
      bytes: (token) => tokenBytes.bytes(token),
    };
  } catch (cause) {
    throw new EngineError('model_invalid', 'the tokenizer of the model cannot be used', { cause });
  }
}
