import type { FieldError } from '../../../../platform/errors/app-error.js';
import { UNKNOWN_FIELD, validationFailed } from '../../../../platform/http/validation.pipe.js';
import type { Speakers } from '../transcript.view.js';

export const MAX_SEGMENTS = 10_000;
export const MAX_WORDS = 50_000;
export const MAX_SEGMENT_CHARACTERS = 10_000;
export const MAX_TEXT_CHARACTERS = 1_000_000;
export const MAX_SPEAKERS = 100;
export const MAX_SPEAKER_NAME = 100;
export const SPEAKER_KEY = /^[a-z][a-z0-9_]{0,39}$/;

/** What rounding makes of two times that were one. */
const TOLERANCE_SECONDS = 0.05;
/** More would only be read by nobody. */
const MOST_ERRORS = 20;
/** Line breaks and tabs are text; what steers terminals is none. */
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

export interface WordEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly probability?: number;
}

export interface SegmentEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly speaker?: string;
  readonly channel?: number;
  /** Absent: they follow from the text. */
  readonly words?: readonly WordEdit[];
}

/** What segments have to agree with. */
export interface EditBounds {
  /** Seconds up to which there is something to hear. */
  readonly duration: number;
  readonly speakers: Speakers;
  readonly channels: ReadonlySet<number>;
}

/**
 * The segments of a body in order of their start, which may be tens of thousands of objects: too many for class-validator to look at while others wait.
 *
 * @throws AppError validation_failed
 */
export function readSegmentEdits(segments: readonly unknown[], bounds: EditBounds): SegmentEdit[] {
  if (segments.length > MAX_SEGMENTS)
    throw validationFailed([{ field: 'segments', message: `must be at most ${MAX_SEGMENTS}` }]);
  const reader = new SegmentReader(bounds);
  const edits = segments.map((segment, index) => reader.read(segment, `segments.${index}`));
  reader.checkTotals();
  if (reader.errors.length > 0) throw validationFailed(reader.errors);
  return edits.toSorted((one, other) => one.start - other.start);
}

export function hasControlCharacters(text: string): boolean {
  return CONTROL_CHARACTERS.test(text);
}

/** Reads one after the other. They may overlap: people talk at once, and the engine hears one window reach into the next. */
class SegmentReader {
  readonly errors: FieldError[] = [];
  private words = 0;
  private characters = 0;

  constructor(private readonly bounds: EditBounds) {}

  read(value: unknown, field: string): SegmentEdit {
    const segment = this.open(value, field, ['start', 'end', 'text', 'speaker', 'channel', 'words']);
    const { start, end } = this.readTimes(segment, field);
    const text = this.readText(segment['text'], `${field}.text`);
    const { speaker, channel } = this.readVoice(segment, field);
    const words = this.readWords(segment['words'], text, `${field}.words`);
    return {
      start,
      end,
      text,
      ...(speaker === undefined ? {} : { speaker }),
      ...(channel === undefined ? {} : { channel }),
      ...(words === undefined ? {} : { words }),
    };
  }

  checkTotals(): void {
    if (this.words > MAX_WORDS) this.refuse('segments', `must have at most ${MAX_WORDS} words`);
    if (this.characters > MAX_TEXT_CHARACTERS)
      this.refuse('segments', `must have at most ${MAX_TEXT_CHARACTERS} characters`);
  }

  private open(value: unknown, field: string, known: readonly string[]): Readonly<Record<string, unknown>> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.refuse(field, 'must be an object');
      return {};
    }
    for (const name of Object.keys(value))
      if (!known.includes(name)) this.refuse(`${field}.${name}`, UNKNOWN_FIELD);
    return value as Readonly<Record<string, unknown>>;
  }

  private readTimes(value: Readonly<Record<string, unknown>>, field: string): { start: number; end: number } {
    const { start, end } = value;
    const latest = this.bounds.duration + TOLERANCE_SECONDS;
    for (const [name, time] of Object.entries({ start, end }))
      if (!isNumberWithin(time, 0, latest))
        this.refuse(`${field}.${name}`, `must be seconds from 0 to ${this.bounds.duration}`);
    if (typeof start !== 'number' || typeof end !== 'number') return { start: 0, end: 0 };
    if (end < start) this.refuse(`${field}.end`, 'must not be before the start');
    return { start, end };
  }

  private readText(value: unknown, field: string): string {
    const text = typeof value === 'string' ? value.trim() : '';
    this.characters += text.length;
    this.words += text.split(/\s+/).length;
    if (text === '' || text.length > MAX_SEGMENT_CHARACTERS)
      this.refuse(field, `must be text of 1 to ${MAX_SEGMENT_CHARACTERS} characters`);
    if (hasControlCharacters(text)) this.refuse(field, 'must have no control characters');
    return text;
  }

  private readVoice(
    { speaker, channel }: Readonly<Record<string, unknown>>,
    field: string,
  ): Pick<SegmentEdit, 'speaker' | 'channel'> {
    if (
      speaker !== undefined &&
      !(typeof speaker === 'string' && Object.hasOwn(this.bounds.speakers, speaker))
    )
      this.refuse(`${field}.speaker`, 'must be one of the speakers');
    if (channel !== undefined && !(typeof channel === 'number' && this.bounds.channels.has(channel)))
      this.refuse(`${field}.channel`, 'must be a channel of the transcript');
    return {
      ...(typeof speaker === 'string' && { speaker }),
      ...(typeof channel === 'number' && { channel }),
    };
  }

  private readWords(value: unknown, text: string, field: string): WordEdit[] | undefined {
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) {
      this.refuse(field, 'must be a list');
      return undefined;
    }
    let last = 0;
    const words = value.map((item: unknown, index) => {
      const word = this.readWord(item, `${field}.${index}`);
      if (word.start < last) this.refuse(`${field}.${index}.start`, 'must not be before the word before');
      last = word.start;
      return word;
    });
    if (withoutSpaces(words.map((word) => word.text).join('')) !== withoutSpaces(text))
      this.refuse(field, 'must be the words of the text');
    return words;
  }

  private readWord(value: unknown, field: string): WordEdit {
    const word = this.open(value, field, ['start', 'end', 'text', 'probability']);
    const { probability } = word;
    if (probability !== undefined && !isNumberWithin(probability, 0, 1))
      this.refuse(`${field}.probability`, 'must be from 0 to 1');
    const text = typeof word['text'] === 'string' ? word['text'].trim() : '';
    if (text === '') this.refuse(`${field}.text`, 'must be text');
    return {
      ...this.readTimes(word, field),
      text,
      ...(typeof probability === 'number' && { probability }),
    };
  }

  private refuse(field: string, message: string): void {
    if (this.errors.length < MOST_ERRORS) this.errors.push({ field, message });
  }
}

function isNumberWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

function withoutSpaces(text: string): string {
  return text.replace(/\s+/gu, '');
}
