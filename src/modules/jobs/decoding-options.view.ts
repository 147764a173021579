/** Whether speech is written in its own language or in English. */
export const TASKS = ['transcribe', 'translate'] as const;
export type Task = (typeof TASKS)[number];

/** Whether the channels of a recording are heard together, or each by itself. */
export const CHANNEL_MODES = ['mixed', 'separate'] as const;
export type ChannelMode = (typeof CHANNEL_MODES)[number];

/** How speech is told from the rest. */
export interface VadChoice {
  /** Probability, above 0 and below 1, from which on it is speech. */
  readonly threshold: number;
  /** Silence that ends a stretch of speech, in milliseconds, 10,000 at most. */
  readonly minSilenceMs: number;
  /** Sound that is kept around speech on both sides, in milliseconds, 2000 at most. */
  readonly padMs: number;
}

/** What is known of how many people speak; null: it is not. */
export interface SpeakerHints {
  readonly exactly: number | null;
  readonly least: number | null;
  readonly most: number | null;
}

/** Of the hints. */
export const MOST_SPEAKERS = 20;

/** How a recording is made into text. It is part of the order and does not change while the job runs. */
export interface DecodingOptions {
  readonly task: Task;
  /** Keep each word with its times. */
  readonly words: boolean;
  /** Keep the tokens of the text with their log-probabilities. */
  readonly tokens: boolean;
  /** Text that could have been said before. It is the user's own, as hotwords are: not for logs nor the audit trail. */
  readonly prompt: string | null;
  /** Names and terms that are likely to be said. */
  readonly hotwords: string | null;
  /** Above 0: draw the text at this temperature only. Null or 0: the most probable text, and others where that one is poor. */
  readonly temperature: number | null;
  readonly channels: ChannelMode;
  /** Null: the engine's own settings. */
  readonly vad: VadChoice | null;
  /** Tell who speaks when; null: do not. */
  readonly diarize: SpeakerHints | null;
  /** Ids of saved voices whose names speakers get. */
  readonly knownVoices: readonly string[];
}

/** Those of a job that asks for nothing. */
export const DEFAULT_DECODING: DecodingOptions = {
  task: 'transcribe',
  words: false,
  tokens: false,
  prompt: null,
  hotwords: null,
  temperature: null,
  channels: 'mixed',
  vad: null,
  diarize: null,
  knownVoices: [],
};

/** What the text is written in, where this is spoken. */
export function writtenLanguage({ task }: DecodingOptions, spoken: string | null): string | null {
  return task === 'translate' ? 'en' : spoken;
}
