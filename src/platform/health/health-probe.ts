import type { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Logger } from '@nestjs/common';
import { AppError } from '../errors/app-error.js';

/** A probe asks all parts at once, and has its answer within two seconds. */
const SILENCE_LIMIT_MS = 1500;
/** Probes of several watchers that come together are one question. */
const FRESH_MS = 1000;
/** A question without an answer is not asked again before that, so that what hangs is not buried under questions. */
const GIVEN_UP_AFTER_MS = 10_000;

/** What besides "up" may be told to everybody. */
export type PartDetails = Readonly<Record<string, boolean>>;

type Outcome =
  | { readonly up: true; readonly details: PartDetails }
  | { readonly up: false; readonly reason: string; readonly err?: unknown };

interface Question {
  readonly askedAt: number;
  readonly answer: Promise<Outcome>;
}

/**
 * Whether one part of the service works: an error or a silence is "down", never an exception and never a probe that hangs. The reason that
 * goes out is our own sentence; what a driver says may name hosts.
 */
export class HealthProbe {
  private readonly logger = new Logger('readiness');
  private open: Question | undefined;
  private asking: Promise<Outcome> | undefined;
  private last: { readonly outcome: Outcome; readonly at: number } | undefined;

  /**
   * @param ask throws when the part does not work; may resolve with PartDetails
   * @param now milliseconds on a clock that is never set
   */
  constructor(
    private readonly name: string,
    private readonly health: HealthIndicatorService,
    private readonly ask: () => Promise<unknown>,
    private readonly now = (): number => performance.now(),
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const outcome = await this.read();
    const session = this.health.check(this.name);
    return outcome.up ? session.up(outcome.details) : session.down({ reason: outcome.reason });
  }

  private async read(): Promise<Outcome> {
    if (this.last !== undefined && this.now() - this.last.at < FRESH_MS) return this.last.outcome;
    this.asking ??= this.answerInTime().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async answerInTime(): Promise<Outcome> {
    if (this.open === undefined || this.now() - this.open.askedAt >= GIVEN_UP_AFTER_MS)
      this.open = this.begin();
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => {
        resolve({ up: false, reason: 'No answer in time.' });
      }, SILENCE_LIMIT_MS);
    });
    const outcome = await Promise.race([this.open.answer, silence]);
    clearTimeout(timer);
    this.noteChange(outcome);
    this.last = { outcome, at: this.now() };
    return outcome;
  }

  /** What it says at first is not news: much is on its way at a start. */
  private noteChange(outcome: Outcome): void {
    if (this.last === undefined || this.last.outcome.up === outcome.up) return;
    const part = this.name;
    if (outcome.up) this.logger.log('A part that this process needs works again', { part });
    else {
      const { reason, err } = outcome;
      this.logger.warn('A part that this process needs does not work', { part, reason, err });
    }
  }

  private begin(): Question {
    const question: Question = {
      askedAt: this.now(),
      answer: this.outcome().finally(() => {
        if (this.open === question) this.open = undefined;
      }),
    };
    return question;
  }

  private async outcome(): Promise<Outcome> {
    try {
      const details = await this.ask();
      return { up: true, details: isDetails(details) ? details : {} };
    } catch (error) {
      return {
        up: false,
        reason: error instanceof AppError ? error.detail : 'It does not answer.',
        err: error,
      };
    }
  }
}

function isDetails(told: unknown): told is PartDetails {
  return typeof told === 'object' && told !== null;
}
