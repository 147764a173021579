import { describe, expect, it } from '@jest/globals';
import { readCursor, writeCursor } from './job-cursor.js';

const ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';
const NEWEST = { key: '2026-11-28T10:00:00.123456Z', id: ID };
const LONGEST = { key: '1.0000000000000002e+06', id: ID };

const asCursor = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

describe('a cursor', () => {
  it('gives the place back for the same list', () => {
    expect(readCursor(writeCursor(NEWEST, '-created_at', {}), '-created_at', {})).toEqual(NEWEST);
    expect(
      readCursor(writeCursor(LONGEST, 'duration', { model: 'base' }), 'duration', { model: 'base' }),
    ).toEqual(LONGEST);
  });

  it('is none of a list in another order, or with other conditions', () => {
    const cursor = writeCursor(NEWEST, '-created_at', { statuses: ['failed', 'queued'] });

    expect(readCursor(cursor, '-created_at', { statuses: ['queued', 'failed'] })).toEqual(NEWEST);
    expect(readCursor(cursor, 'created_at', { statuses: ['queued', 'failed'] })).toBeNull();
    expect(readCursor(cursor, '-created_at', {})).toBeNull();
  });

  it('is no text that nobody gave out', () => {
    const [, , digest] = JSON.parse(
      Buffer.from(writeCursor(NEWEST, '-created_at', {}), 'base64url').toString(),
    ) as unknown[];
    for (const cursor of [
      '',
      'x',
      '💥',
      asCursor(null),
      asCursor({}),
      asCursor([NEWEST.key, ID]),
      asCursor([NEWEST.key, 'x', digest]),
      asCursor(['now()', ID, digest]),
      asCursor(['2026-99-28T10:00:00.123456Z', ID, digest]),
      asCursor([1, ID, digest]),
      asCursor([NEWEST.key, ID, 'x']),
    ])
      expect(readCursor(cursor, '-created_at', {})).toBeNull();
  });
});
