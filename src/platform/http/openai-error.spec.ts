import { describe, expect, it } from '@jest/globals';
import { AppError } from '../errors/app-error.js';
import { toOpenAiError } from './openai-error.js';

describe('an error in the words of the OpenAI API', () => {
  it.each([
    ['unauthenticated', 401, 'invalid_request_error', null, 'invalid_api_key'],
    ['access_denied', 403, 'invalid_request_error', null, 'insufficient_permissions'],
    ['model_unknown', 404, 'invalid_request_error', 'model', 'model_not_found'],
    ['unsupported_media', 400, 'invalid_request_error', 'file', null],
    ['audio_too_long', 400, 'invalid_request_error', 'file', 'audio_too_long'],
    ['track_unknown', 400, 'invalid_request_error', null, 'track_unknown'],
    ['rate_limited', 429, 'requests', null, 'rate_limit_exceeded'],
    ['audio_quota_exceeded', 429, 'insufficient_quota', null, 'insufficient_quota'],
    ['storage_full', 503, 'server_error', null, 'overloaded'],
    ['internal_error', 500, 'server_error', null, null],
  ] as const)('is for %s what clients know', (code, status, type, param, known) => {
    const answer = toOpenAiError(new AppError(code, 'Why.'), true);

    expect([answer.status, answer.body.error]).toEqual([
      status,
      { message: 'Why.', type, param, code: known },
    ]);
  });

  it('tells a request without a key from one with a wrong key', () => {
    expect(toOpenAiError(new AppError('unauthenticated', ''), false).body.error.code).toBeNull();
  });

  it('names the field without its brackets', () => {
    const errors = [{ field: 'include[]', message: 'must be one of logprobs' }];
    const { error } = toOpenAiError(new AppError('validation_failed', '', { errors }), true).body;

    expect([error.param, error.message]).toEqual(['include', "'include[]' must be one of logprobs."]);
  });

  it.each([
    ['a limit that passes', new AppError('rate_limited', '', { retryAfter: 7.2 }), { 'retry-after': '8' }],
    ['one of a moment', new AppError('rate_limited', '', { retryAfter: 0 }), { 'retry-after': '1' }],
    [
      'one that takes too long',
      new AppError('rate_limited', '', { retryAfter: 121 }),
      { 'x-should-retry': 'false' },
    ],
    ['what is away', new AppError('database_unavailable', ''), { 'retry-after': '5' }],
    ['a conflict', new AppError('media_in_use', ''), { 'x-should-retry': 'false' }],
    ['a quota', new AppError('audio_quota_exceeded', '', { retryAfter: 60 }), { 'x-should-retry': 'false' }],
    [
      'a job that failed',
      new AppError('transcription_failed', '', { isFinal: true }),
      { 'x-should-retry': 'false' },
    ],
    ['what nobody expected', new AppError('internal_error', ''), {}],
  ])('says of %s whether to come again', (_what, error, headers) => {
    expect(toOpenAiError(error, true).headers).toEqual(headers);
  });
});
