/** Times in seconds from the start of the audio. */
export interface Word {
  start: number;
  end: number;
  /** As in the text, with the punctuation that belongs to it, without spaces around. */
  text: string;
  /** Mean over its tokens. */
  probability: number;
}

export interface Segment {
  start: number;
  end: number;
  text: string;
  /** Code of the language that the window was decoded in; null only where nobody was heard to tell it by. */
  language: string | null;
  /** Mean log-probability of the tokens of the decoding window that the segment comes from. */
  avgLogprob: number;
  /** UTF-8 bytes of that window's text over its deflated size: high for repetitions. */
  compressionRatio: number;
  /** Probability that the window holds no speech. */
  noSpeechProb: number;
  /** Temperature that the window's text was drawn at; 0 for the most probable text. */
  temperature: number;
  words?: Word[];
  /** Index of the channel, where several were given. */
  channel?: number;
}

export interface LanguageProbability {
  language: string;
  probability: number;
}
