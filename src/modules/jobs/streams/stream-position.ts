import type { EventsPosition } from '../history/job-event.view.js';
import type { JobTextPosition } from '../job-text.view.js';

/** What a client has of the stream of one job. All of it is in the ids of events, so that any process can go on from there. */
export interface StreamPosition {
  /** Of the history. */
  readonly lastEventId: number;
  readonly text: JobTextPosition;
  /** Whether it was told that nothing more will come. */
  readonly ended: boolean;
}

export const STREAM_START: StreamPosition = {
  lastEventId: 0,
  text: { version: 0, segments: 0 },
  ended: false,
};

export function writePosition({ lastEventId, text, ended }: StreamPosition): string {
  return `${lastEventId}-${text.version}-${text.segments}${ended ? '-end' : ''}`;
}

/** Null for what is no id of ours. */
export function readPosition(id: string): StreamPosition | null {
  const [, lastEventId, version, segments, end] = /^(\d{1,15})-(\d{1,15})-(\d{1,9})(-end)?$/.exec(id) ?? [];
  if (segments === undefined) return null;
  return {
    lastEventId: Number(lastEventId),
    text: { version: Number(version), segments: Number(segments) },
    ended: end !== undefined,
  };
}

export function writeEventsPosition({ transactionId, eventId }: EventsPosition): string {
  return `${transactionId}-${eventId}`;
}

/** Null for what is no id of ours. */
export function readEventsPosition(id: string): EventsPosition | null {
  const [, transactionId, eventId] = /^(\d{1,18})-(\d{1,15})$/.exec(id) ?? [];
  return transactionId === undefined ? null : { transactionId, eventId: Number(eventId) };
}
