import { describe, expect, it } from '@jest/globals';
import {
  readEventsPosition,
  readPosition,
  STREAM_START,
  writeEventsPosition,
  writePosition,
} from './stream-position.js';

describe('the id of an event', () => {
  it.each([
    STREAM_START,
    { lastEventId: 57, text: { version: 3, segments: 12 }, ended: false },
    { lastEventId: 999_999_999_999_999, text: { version: 3, segments: 999_999_999 }, ended: true },
  ])('tells where one is: %j', (position) => {
    expect(readPosition(writePosition(position))).toEqual(position);
  });

  it('of all jobs tells where one is', () => {
    const position = { transactionId: '123456789012345678', eventId: 57 };

    expect(readEventsPosition(writeEventsPosition(position))).toEqual(position);
  });

  it.each(['', '1', '1-2', '1-2-3-4', '1-2-x', '-1-2-3', '1-2-3-end ', '1-2-3\n', `${'9'.repeat(16)}-1-1`])(
    'is not %j',
    (id) => {
      expect(readPosition(id)).toBeNull();
    },
  );

  it.each(['', '1', '1-2-3', 'x-1', '1-', ' 1-2', `${'9'.repeat(19)}-1`])('of all jobs is not %j', (id) => {
    expect(readEventsPosition(id)).toBeNull();
  });
});
