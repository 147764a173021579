/** A spoken word. Times are seconds from the start of the audio, rising through a transcript of one channel. */
export interface Word {
  start: number;
  end: number;
  /** As in the text, with the punctuation that belongs to it, without spaces around. */
  text: string;
  /** Between 0 and 1: mean over its tokens. */
  probability: number;
}

/** A piece of text as the model writes it. */
export interface Token {
  /** In the vocabulary of the model; never a timestamp. */
  id: number;
  /**
   * Natural logarithm of its probability, among what may follow at temperature 1: the tokens of text, and the timestamps too in mode
   * `sequential`.
   */
  logprob: number;
  /** UTF-8, from 0 to 255. A token may begin or end within a character. */
  bytes: number[];
}

/** A sentence or a part of one. Times are seconds from the start of the audio. The figures are those of openai/whisper. */
export interface Segment {
  start: number;
  end: number;
  /** Without spaces around; never empty. */
  text: string;
  /** Code of the language that the window was decoded in; null only where nobody was heard to tell it by. */
  language: string | null;
  /** Mean natural log-probability of the tokens of the decoding window that the segment comes from. */
  avgLogprob: number;
  /** UTF-8 bytes of that window's text over its deflated size: high for repetitions. */
  compressionRatio: number;
  /** Probability, between 0 and 1, that the window holds no speech. */
  noSpeechProb: number;
  /** Temperature that the window's text was drawn at; 0 for the most probable text. */
  temperature: number;
  /** In order of time; only where they were asked for. */
  words?: Word[];
  /** In order; only where they were asked for. Their bytes, one after the other, are the text with the space in front of it. */
  tokens?: Token[];
  /** Index of the channel, from 0, where several were given. */
  channel?: number;
}

/** How probable a language is among those of the model: a mean over the windows that were asked, between 0 and 1. */
export interface LanguageProbability {
  /** Code, for instance `en`. */
  language: string;
  probability: number;
}
