import { AppError } from '../../../platform/errors/app-error.js';
import { whisperLanguageName } from '../engine/language-names.js';
import type { ReadyModel } from './model-catalogue.service.js';

const NAMES = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });
/** Of what was asked for, in a message. */
const MOST_SHOWN = 40;

/** English name of a language, such as "German" for "de". */
export function languageName(code: string): string {
  return NAMES.of(code) ?? code;
}

/** Codes that the model knows; one without language tokens knows English. */
export function languagesOf(model: ReadyModel): readonly string[] {
  return model.languages.length === 0 ? ['en'] : model.languages;
}

/**
 * The code of the language that a request names, by code, with or without a region (de-DE), or by English name, in any case; null when it
 * asks for detection.
 *
 * @throws AppError language_unknown
 */
export function resolveLanguage(requested: string | undefined, model: ReadyModel): string | null {
  const wanted = requested?.trim().toLowerCase() ?? '';
  if (wanted === '' || wanted === 'auto') return null;
  const known = languagesOf(model);
  const find = (name: string): string | undefined =>
    known.find((candidate) => namesOf(candidate).includes(name));
  // Names have no underscore; the part of a tag in front of the first separator is its language (BCP 47).
  const code = find(wanted) ?? find(/^([a-z]{2,3})[-_][a-z0-9_-]+$/.exec(wanted)?.[1] ?? '');
  if (code === undefined) {
    const choices =
      known.length === 1
        ? 'English only (en)'
        : 'languages such as en, de or Spanish; without one it finds out which is spoken';
    const named = JSON.stringify(wanted.slice(0, MOST_SHOWN));
    throw new AppError(
      'language_unknown',
      `The model "${model.name}" does not know ${named}. It knows ${choices}.`,
    );
  }
  return code;
}

/** What a request may call a language: its code, its English name, and Whisper's name where that differs. */
function namesOf(code: string): (string | null)[] {
  return [code, languageName(code).toLowerCase(), whisperLanguageName(code)];
}
