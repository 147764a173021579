import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { AppError } from '../errors/app-error.js';
import { isDatabaseOutage, translateDatabaseError } from './outage.js';

describe('translateDatabaseError', () => {
  it.each([
    ['connect', 'ECONNREFUSED', 'database_unavailable'],
    ['terminating connection', '57P01', 'database_unavailable'],
    ['sorry, too many clients already', '53300', 'database_unavailable'],
    ['password authentication failed', '28P01', 'database_unavailable'],
    ['Connection terminated unexpectedly', undefined, 'database_unavailable'],
    ['timeout exceeded when trying to connect', undefined, 'database_unavailable'],
    ['Query read timeout', undefined, 'database_unavailable'],
    ['could not extend file', '53100', 'storage_full'],
  ])('makes of "%s" (%s) a %s', (message, code, expected) => {
    const translated = translateDatabaseError(Object.assign(new Error(message), { code }));

    expect((translated as AppError).code).toBe(expected);
    expect(isDatabaseOutage(translated)).toBe(expected === 'database_unavailable');
  });

  it('asks clients to come again when the database is away', () => {
    const translated = translateDatabaseError(Object.assign(new Error(''), { code: 'ECONNREFUSED' }));

    expect((translated as AppError).retryAfter).toBeGreaterThan(0);
  });

  it('leaves what services throw as it is', () => {
    const own = new AppError('job_not_found', 'There is no job with this id.');
    const bug = new TypeError('undefined is not a function');

    expect(translateDatabaseError(own)).toBe(own);
    expect(translateDatabaseError(bug)).toBe(bug);
  });

  it.each([
    [
      '23514',
      'a row is refused\n - detail: Failing row contains (SAID).',
      'a row is refused (SQLSTATE 23514)',
    ],
    [
      '22P02',
      'invalid input syntax for type uuid: "SAID"',
      'the database could not take a value (SQLSTATE 22P02)',
    ],
  ])('says what is wrong with a statement (%s), but not with which values', (code, message, expected) => {
    const thrown = Object.assign(new Error(message), { code, detail: 'Failing row contains (SAID).' });
    const translated = translateDatabaseError(thrown) as Error;

    expect(translated).toMatchObject({ message: expected, code });
    expect(translated.stack).toContain('outage.spec');
    expect(inspect(translated)).not.toContain('SAID');
  });
});
