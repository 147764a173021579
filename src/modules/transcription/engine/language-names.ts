import { WHISPER_LANGUAGES } from '@whisper-transcriber/engine/languages';

/** English names as Whisper itself uses them, by code; null for a code that it does not know. */
export function whisperLanguageName(code: string): string | null {
  return WHISPER_LANGUAGES[code] ?? null;
}
