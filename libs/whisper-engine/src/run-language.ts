import { SAMPLE_RATE } from './audio/sample-rate.js';
import type { TranscriptSummary } from './options.js';
import type { LanguageProbability } from './transcript.js';

/** The language of a run: given, or detected on the way. */
export class RunLanguage {
  /**
   * @param given null where it has to be detected
   * @param detected by the run that this one goes on from, or empty
   */
  constructor(
    private readonly given: string | null,
    private detected: LanguageProbability[],
  ) {}

  get code(): string | null {
    return this.given ?? this.detected[0]?.language ?? null;
  }

  /** Whether it still has to be detected. */
  get open(): boolean {
    return this.code === null;
  }

  get probabilities(): LanguageProbability[] {
    return this.detected;
  }

  elect(detected: LanguageProbability[]): void {
    this.detected = detected;
  }

  /** @param read samples of the audio */
  summary(read: number): TranscriptSummary {
    const [found] = this.detected;
    return {
      language: this.code,
      languageProbability: this.given === null ? (found?.probability ?? null) : 1,
      languages: this.detected,
      duration: read / SAMPLE_RATE,
    };
  }
}
