import type { FieldError } from '../../../../platform/errors/app-error.js';
import { validationFailed } from '../../../../platform/http/validation.pipe.js';
import type { Speakers, TranscriptSegment } from '../transcript.view.js';
import { hasControlCharacters, MAX_SPEAKER_NAME, MAX_SPEAKERS, SPEAKER_KEY } from './segment-edits.js';

/**
 * The speakers of a body.
 *
 * @throws AppError validation_failed
 */
export function readSpeakers(speakers: Readonly<Record<string, unknown>>): Speakers {
  const entries = Object.entries(speakers);
  if (entries.length > MAX_SPEAKERS)
    throw validationFailed([{ field: 'speakers', message: `must be at most ${MAX_SPEAKERS}` }]);
  const errors: FieldError[] = entries.flatMap(([key, name]) => {
    const field = `speakers.${key}`;
    if (!SPEAKER_KEY.test(key))
      return [{ field, message: 'must have a key of a letter, letters, digits and _' }];
    return isName(name) ? [] : [{ field, message: `must be a name of 1 to ${MAX_SPEAKER_NAME} characters` }];
  });
  if (errors.length > 0) throw validationFailed(errors);
  return speakers as Speakers;
}

/** @throws AppError validation_failed when a segment has a speaker without a name */
export function assertNamed(segments: readonly TranscriptSegment[], speakers: Speakers): void {
  const isNameless = ({ speaker }: TranscriptSegment): boolean =>
    speaker !== undefined && !Object.hasOwn(speakers, speaker);
  if (segments.some(isNameless))
    throw validationFailed([{ field: 'speakers', message: 'must have every speaker of the segments' }]);
}

function isName(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.trim() === value &&
    value !== '' &&
    value.length <= MAX_SPEAKER_NAME &&
    !/[\n\t]/.test(value) &&
    !hasControlCharacters(value)
  );
}
