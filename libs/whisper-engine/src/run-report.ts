import { SAMPLE_RATE } from './audio/sample-rate.js';
import type { Checkpoint } from './checkpoint.js';
import type { TranscriptChunk, TranscriptSummary } from './options.js';
import type { RunOptions } from './run-options.js';
import { sumStages, type StageClock, type StageTime } from './stage-clock.js';
import type { LanguageProbability, Segment } from './transcript.js';

/** What a run tells its caller: how far it is, and the language that was given, or detected on the way. */
export class RunReport {
  /** Null where it has to be detected. */
  private readonly given: string | null;
  private detected: readonly LanguageProbability[];
  private finished: number;
  private heard: boolean;
  private readonly searchesAgain: boolean;
  private readonly clock: StageClock | null;
  private stages: StageTime[] = [];

  constructor({
    language,
    resume,
    searchesAgain,
    clock,
  }: Pick<RunOptions, 'language' | 'resume' | 'searchesAgain' | 'clock'>) {
    this.clock = clock;
    this.given = language;
    this.detected = resume?.languages ?? [];
    this.finished = resume?.position ?? 0;
    this.heard = resume?.heard ?? false;
    this.searchesAgain = searchesAgain;
  }

  /** To decode with; null as long as it has to be detected. */
  get language(): string | null {
    return this.given ?? this.detected[0]?.language ?? null;
  }

  /** Samples of the audio that are finished. */
  get position(): number {
    return this.finished;
  }

  elect(detected: readonly LanguageProbability[]): void {
    this.detected = detected;
  }

  /** Never goes back. */
  advance(position: number): void {
    this.finished = Math.max(this.finished, position);
  }

  /** What is to be told of with the next chunk. */
  spend(stages: readonly StageTime[]): void {
    if (this.clock !== null) this.stages = sumStages([...this.stages, ...stages]);
  }

  chunk(
    segments: Segment[],
    rest: Omit<Checkpoint, 'version' | 'position' | 'languages' | 'heard' | 'searchesAgain'>,
  ): TranscriptChunk {
    this.heard ||= segments.length > 0 || rest.held.length > 0;
    const { finished: position, detected, heard, searchesAgain } = this;
    return {
      segments,
      position: position / SAMPLE_RATE,
      language: this.spoken,
      checkpoint: { version: 1, position, languages: [...detected], heard, searchesAgain, ...rest },
      ...this.spent(),
    };
  }

  /** @param read samples of the audio */
  summary(read: number): TranscriptSummary {
    const languages = this.heard ? [...this.detected] : [];
    return {
      language: this.spoken,
      languageProbability: this.given === null ? (languages[0]?.probability ?? null) : 1,
      languages,
      duration: read / SAMPLE_RATE,
      ...this.spent(),
    };
  }

  private spent(): { stages?: readonly StageTime[] } {
    return this.clock === null ? {} : { stages: this.stages.splice(0) };
  }

  /** What a model takes noise for, that turns out to hold no text, is no language. */
  private get spoken(): string | null {
    return this.heard ? this.language : this.given;
  }
}
