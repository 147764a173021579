/** A spoken word. Times are seconds from the start of the audio, rising through a transcript of one channel. */
export interface Word {
  start: number;
  end: number;
  /** As in the text, with the punctuation that belongs to it, without spaces around. */
  text: string;
  /** Between 0 and 1: mean over its tokens. */
  probability: number;
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
  /** Index of the channel, from 0, where several were given. */
  channel?: number;
}

/** How probable a language is among those of the model: a mean over the windows that were asked, between 0 and 1. */
export interface LanguageProbability {
  /** Code, for instance `en`. */
  language: string;
  probability: number;
}
