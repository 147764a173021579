import { WhisperTokenizer } from '@xenova/transformers';
import { EngineError } from '../errors.js';
import { readJson } from './json-file.js';

/** Tokens to text. */
export interface TokenDecoder {
  /** A token that ends inside a character gives U+FFFD. Special tokens give nothing. */
  decode(tokens: readonly number[]): string;
}

export interface WhisperText extends TokenDecoder {
  /** Without special tokens. */
  encode(text: string): number[];
}

/** @throws EngineError `model_invalid` */
export async function openTokenizer(folder: string): Promise<WhisperText> {
  const content = await readJson(folder, 'tokenizer.json');
  const config = await readJson(folder, 'tokenizer_config.json');
  try {
    const tokenizer = new WhisperTokenizer(content, config);
    return {
      decode: (tokens) =>
        tokenizer.decode([...tokens], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
      encode: (text) => tokenizer.encode(text, { add_special_tokens: false }),
    };
  } catch (cause) {
    throw new EngineError('model_invalid', 'the tokenizer of the model cannot be used', { cause });
  }
}
