import { describe, expect, it } from '@jest/globals';
import { operations } from '../support/operations.js';

/** POSTs that create nothing which a repeat would create again. Whoever adds a route decides for it: `@Idempotent()`, or here. */
const WITHOUT_KEY = [
  // Nobody has signed in yet whose key it could be, and tokens are never shown twice.
  'signIn',
  'signInUnderApi',
  'createToken',
  'refreshTokens',
  // The new tokens go to the one who knew the old password, which a repeat no longer does.
  'changePassword',
  'changePasswordAtRoot',
  // It is gone.
  'deleteAccount',
  // Twice is the same as once.
  'signOut',
  'disableUser',
  'enableUser',
  'signOutUser',
  'collectStorage',
  'pauseWorker',
  'resumeWorker',
  'drainWorker',
  // Chunks have numbers and pieces have offsets; the same one again changes nothing.
  'uploadChunk',
  'uploadChunkAlias',
  'overrideTusMethod',
  // An upload becomes one job, however often that is asked.
  'finalizeUpload',
  // A job is cancelled once, and waits once.
  'cancelJob',
  'retryJob',
  'cancelJobOfAnybody',
  'retryJobOfAnybody',
  'cancelBatch',
  'retryBatch',
  // The same delivery, under the id by which receivers know it.
  'redeliver',
  // A name is given once: the second time it is taken.
  'createVoice',
  'createVoiceOfSpeaker',
  // It only reads.
  'exportTranscripts',
];

describe('every POST of the OpenAPI document', () => {
  it('takes an Idempotency-Key or creates nothing', () => {
    const posts = operations.filter(({ method }) => method === 'POST');
    const undecided = posts.filter(
      ({ operationId, parameters = [] }) =>
        WITHOUT_KEY.includes(operationId) === parameters.some(({ name }) => name === 'Idempotency-Key'),
    );

    expect(undecided.map(({ operationId }) => operationId)).toEqual([]);
    expect(posts.map(({ operationId }) => operationId)).toEqual(expect.arrayContaining(WITHOUT_KEY));
  });
});
