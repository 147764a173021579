import type { Model, ModelList, TranscribeOptions } from '@whisper-transcriber/client-sdk';
import { readableBytes } from '../words/readable';
import { ANY_SPEAKERS, speakerOptionsOf, type SpeakerCount } from './speaker-count';

/** What a recording is transcribed with. Empty texts: whatever the service does by itself. */
export interface UploadOptions {
  readonly language: string;
  readonly model: string;
  readonly translate: boolean;
  readonly words: boolean;
  readonly separateChannels: boolean;
  readonly diarize: boolean;
  readonly speakers: SpeakerCount;
  /** Speakers whose voices are saved get their names. */
  readonly knownVoices: boolean;
  readonly prompt: string;
  readonly hotwords: string;
}

export const DEFAULT_OPTIONS: UploadOptions = {
  language: '',
  model: '',
  translate: false,
  words: true,
  separateChannels: false,
  diarize: false,
  speakers: ANY_SPEAKERS,
  knownVoices: false,
  prompt: '',
  hotwords: '',
};

/**
 * What the SDK takes that says the same; what is left as it is is not named.
 * @param kept of an upload that was begun with an older page, some may be missing
 */
export function orderOf(kept: Partial<UploadOptions>): TranscribeOptions {
  const options = { ...DEFAULT_OPTIONS, ...kept };
  return {
    ...(options.model !== '' && { model: options.model as NonNullable<TranscribeOptions['model']> }),
    ...(options.language !== '' && { language: options.language }),
    ...(options.translate && { task: 'translate' as const }),
    ...(options.words && { words: true }),
    ...(options.separateChannels && { channels: 'separate' as const }),
    ...(options.diarize && {
      diarize: true,
      ...speakerOptionsOf(options.speakers),
      ...(options.knownVoices && { knownVoices: true }),
    }),
    ...(options.prompt.trim() !== '' && { prompt: options.prompt.trim() }),
    ...(options.hotwords.trim() !== '' && { hotwords: options.hotwords.trim() }),
  };
}

const PACE: readonly (readonly [RegExp, string])[] = [
  [/^tiny/, 'fastest'],
  [/^base/, 'fast'],
  [/^small/, 'moderate, more exact'],
  [/^medium/, 'slow, exact'],
  [/turbo/, 'moderate, exact'],
  [/^large/, 'slowest, most exact'],
];

/** How fast and how exact a model is, in words. */
export function paceOf(name: string): string {
  return PACE.find(([pattern]) => pattern.test(name))?.[1] ?? '';
}

export function modelLabel(model: Model, choices: ModelList): string {
  const notes = [
    model.name === choices.default ? 'default' : '',
    paceOf(model.name),
    model.size_bytes === null ? '' : readableBytes(model.size_bytes),
    model.multilingual ? '' : 'English only',
    model.alias_of === null ? '' : `same as ${model.alias_of}`,
    readiness(model),
  ];
  return `${model.name} (${notes.filter((note) => note !== '').join(', ')})`;
}

export function isUsable(model: Model): boolean {
  return model.state === 'ready' && model.memory?.fits !== false;
}

function readiness({ state, memory, progress }: Model): string {
  if (memory?.fits === false) return 'too large for this server';
  if (state === 'ready') return '';
  return state === 'downloading' && progress !== null ? 'downloading' : 'not on this server';
}

/** Why a file need not be sent at all; null when nothing speaks against it. The service looks at the content afterwards. */
export function refusalOf(file: File, maxBytes: number | null): string | null {
  if (file.size === 0) return `“${file.name}” is empty (0 bytes).`;
  if (isOtherKind(file.type)) return `“${file.name}” is neither audio nor video.`;
  if (maxBytes !== null && file.size > maxBytes) {
    return `“${file.name}” has ${readableBytes(file.size)}; the limit is ${readableBytes(maxBytes)}. A compressed format such as MP3 or M4A usually fits.`;
  }
  return null;
}

/** By its name, as browsers tell it: only what surely is something else. Some systems call recordings by a name of their own. */
function isOtherKind(type: string): boolean {
  return /^(?:text\/(?!typescript)|image\/|font\/)|^application\/(?:pdf|json|xml|zip|msword|vnd\.(?:ms-|openxml|oasis))/.test(
    type,
  );
}
