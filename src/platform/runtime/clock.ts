export const DAY_MS = 24 * 3600 * 1000;

/** The one source of the current time, so that tests can hold it. */
export abstract class Clock {
  abstract now(): Date;
}

export class SystemClock extends Clock {
  override now(): Date {
    return new Date();
  }
}
