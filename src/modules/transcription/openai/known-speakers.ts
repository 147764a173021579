import { PERSON_NAME } from '../../jobs/known-voice.view.js';
import { validationFailed } from '../../../platform/http/validation.pipe.js';
import type { AppError } from '../../../platform/errors/app-error.js';
import type { LargeFields } from '../../../platform/http/multipart-reader.js';
import type { OpenAiForm } from './openai-form.js';

const NAMES = 'known_speaker_names';
const REFERENCES = 'known_speaker_references';
const MOST_SPEAKERS = 4;
const MOST_NAME_CHARACTERS = 100;
/** 10 s of stereo in the quality of a CD, or of studios in one channel. */
const MOST_REFERENCE_BYTES = 3 * 2 ** 20;
const TOO_MANY = `may be ${MOST_SPEAKERS} at most`;
const TOO_LARGE = `may have ${MOST_REFERENCE_BYTES / 2 ** 20} MiB each`;
const DATA_URL = /^data:(?:[\w.+-]+\/[\w.+-]+)?(?:;[\w.+-]+=[^;,]*)*;base64,/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** In the form: base64 takes a third more, and begins with what it is. */
export const LARGE_REFERENCES: LargeFields = {
  name: REFERENCES,
  count: MOST_SPEAKERS,
  bytes: (MOST_REFERENCE_BYTES / 3) * 4 + 1024,
  faults: { tooMany: TOO_MANY, tooLarge: TOO_LARGE },
};

/** What a recording of a known speaker has to be like, as OpenAI says it. */
export const REFERENCE_RULES = { field: REFERENCES, leastSeconds: 2, mostSeconds: 10 };

/** Speakers that are known by name and voice: those of one index belong together. */
export interface KnownSpeakers {
  readonly names: readonly string[];
  /** Whatever it was that was encoded. */
  readonly references: readonly Buffer[];
}

/** @throws AppError validation_failed for what is wrong whatever else the form says */
export function readKnownSpeakers(form: OpenAiForm): KnownSpeakers {
  const names = form.list(NAMES).map((name) => name.trim().normalize('NFC'));
  const references = form.whole(REFERENCES);
  for (const [field, values] of [
    [NAMES, names],
    [REFERENCES, references],
  ] as const)
    if (values.length > MOST_SPEAKERS) throw invalid(field, TOO_MANY);
  assertNames(names);
  return { names, references: references.map(decode) };
}

/**
 * What only the whole form tells.
 *
 * @throws AppError validation_failed
 */
export function assertSpeakersComplete({ names, references }: KnownSpeakers, isDiarized: boolean): void {
  if (names.length === 0 && references.length === 0) return;
  const field = names.length === 0 ? REFERENCES : NAMES;
  if (!isDiarized) throw invalid(field, 'needs the response_format diarized_json');
  if (names.length !== references.length)
    throw invalid(
      NAMES,
      `must be as many as ${REFERENCES}: there are ${names.length} names and ${references.length} references`,
    );
}

function assertNames(names: readonly string[]): void {
  for (const name of names)
    if (name.length > MOST_NAME_CHARACTERS || !PERSON_NAME.test(name))
      throw invalid(NAMES, `must be names of 1 to ${MOST_NAME_CHARACTERS} characters in one line`);
  const different = new Set(names.map((name) => name.toLowerCase()));
  if (different.size < names.length) throw invalid(NAMES, 'has one name twice');
}

function decode(reference: string): Buffer {
  const [start] = DATA_URL.exec(reference) ?? [];
  if (start === undefined)
    throw invalid(REFERENCES, 'must be data URLs, as data:audio/wav;base64, and the recording');
  const text = reference.slice(start.length).trim();
  if (text.length % 4 === 1 || !BASE64.test(text))
    throw invalid(REFERENCES, 'has a data URL whose recording is not valid base64');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length > MOST_REFERENCE_BYTES) throw invalid(REFERENCES, TOO_LARGE);
  return bytes;
}

function invalid(field: string, message: string): AppError {
  return validationFailed([{ field, message }]);
}
