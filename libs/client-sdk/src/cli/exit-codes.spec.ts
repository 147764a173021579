import { describe, expect, it } from '@jest/globals';
import { TranscriberError } from '../transcriber-error.js';
import { describeError } from './exit-codes.js';

describe('describeError', () => {
  it('says what is wrong with each field', () => {
    const fields = [
      { field: 'min_speakers', message: 'must not be more than max_speakers' },
      { field: 'model', message: 'is no model' },
    ];
    const error = new TranscriberError('Please correct: min_speakers, model.', {
      code: 'validation_failed',
      requestId: '42',
      fields,
    });

    expect(describeError(error)).toBe(
      'min_speakers must not be more than max_speakers; model is no model. (validation_failed, request 42)',
    );
  });

  it('says what the service says where that is about no field', () => {
    const error = new TranscriberError('There is no such job.', { code: 'job_not_found' });

    expect(describeError(error)).toBe('There is no such job. (job_not_found)');
  });
});
