import { BadRequestException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { AppError } from '../errors/app-error.js';
import { toAppError, toProblem } from './problem.js';

describe('toAppError', () => {
  it('leaves an AppError as it is', () => {
    const error = new AppError('job_not_found', 'There is no job with this id.');

    expect(toAppError(error)).toBe(error);
  });

  it.each([
    [new NotFoundException(), 'route_not_found'],
    [new BadRequestException('Unexpected token in JSON at position 1'), 'malformed_json'],
    [new BadRequestException('Failed to decode param'), 'malformed_request'],
    [Object.assign(new Error('request entity too large'), { status: 413 }), 'body_too_large'],
    [Object.assign(new Error('unsupported charset'), { status: 415 }), 'content_type_unsupported'],
    [Object.assign(new Error('socket of something else'), { code: 'ECONNRESET' }), 'internal_error'],
    ['a string', 'internal_error'],
    [undefined, 'internal_error'],
  ])('makes %p a %s', (thrown, code) => {
    expect(toAppError(thrown).code).toBe(code);
  });

  it('tells nothing of an unexpected error', () => {
    const secret = new Error('ENOENT: no such file /var/lib/private/blob at db.internal:5432');

    expect(JSON.stringify(toProblem(toAppError(secret), 'r-1'))).not.toMatch(/private|db\.internal|ENOENT/);
  });
});

describe('toProblem', () => {
  it('has all fields of a problem', () => {
    const error = new AppError('validation_failed', 'Please correct: limit.', {
      errors: [{ field: 'limit', message: 'must be an integer number' }],
    });

    expect(toProblem(error, 'r-1')).toEqual({
      type: 'urn:whisper-transcriber:error:validation_failed',
      title: 'The request has invalid fields',
      status: 422,
      detail: 'Please correct: limit.',
      code: 'validation_failed',
      request_id: 'r-1',
      errors: [{ field: 'limit', message: 'must be an integer number' }],
    });
  });
});
