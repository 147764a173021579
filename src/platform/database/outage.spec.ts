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

  it('leaves what is wrong with a statement, and what services throw, as it is', () => {
    const unique = Object.assign(new Error('duplicate key'), { code: '23505' });
    const own = new AppError('job_not_found', 'There is no job with this id.');

    expect(translateDatabaseError(unique)).toBe(unique);
    expect(translateDatabaseError(own)).toBe(own);
  });
});
