import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { knownAs } from '../../src/modules/auth/access/actor.view.js';
import { LOCAL_PRINCIPAL, LOCAL_USER_ID } from '../../src/modules/auth/access/local-user.view.js';
import type { JobClaim } from '../../src/modules/jobs/job.view.js';
import { DATABASES } from '../support/databases.js';
import { JobsOnDatabase, NO_RESULTS } from '../support/jobs-room.js';

const VOICES = [{ name: 'Ada', embedding: [0.6, -0.8] }];
const ACTOR = knownAs(LOCAL_PRINCIPAL, { address: '127.0.0.1', requestId: null });
const nothing = (): Promise<void> => Promise.resolve();

describe.each(DATABASES)('the voices of a job in %s', (_name, open) => {
  let site: JobsOnDatabase;

  beforeAll(async () => {
    site = await JobsOnDatabase.open(await open());
    site.room.results.register(NO_RESULTS);
  }, 60_000);

  afterAll(() => site.close());

  beforeEach(() => site.startOver(LOCAL_USER_ID));

  async function claimWithVoices(): Promise<JobClaim> {
    await site.addJob(LOCAL_PRINCIPAL, { voices: VOICES });
    return site.claim();
  }

  async function voicesOf(id: string): Promise<unknown> {
    return (await site.room.repository.find(id))?.voices;
  }

  it('are there for its worker, and for the next one when it goes back to the queue', async () => {
    const claim = await claimWithVoices();
    expect(claim.voices).toEqual(VOICES);
    await site.room.claims.release(claim);

    expect((await site.claim()).voices).toEqual(VOICES);
  });

  it('are none where none were given', async () => {
    await site.addJob(LOCAL_PRINCIPAL);

    expect((await site.claim()).voices).toEqual([]);
  });

  it.each<[string, (claim: JobClaim) => Promise<unknown>]>([
    [
      'completed',
      (claim) => site.room.claims.complete(claim, { durationSeconds: 60, language: 'en' }, nothing),
    ],
    ['failed', (claim) => site.room.claims.fail(claim, { code: 'corrupt_media', detail: 'Broken.' })],
    ['cancelled', (claim) => site.room.orders.cancel(ACTOR, claim.job.id)],
  ])('are gone when it is %s', async (status, end) => {
    const claim = await claimWithVoices();
    expect(await voicesOf(claim.job.id)).toEqual(VOICES);
    await end(claim);

    expect(await site.statusOf(claim.job.id, LOCAL_PRINCIPAL)).toBe(status);
    // That there were some stays.
    expect(await voicesOf(claim.job.id)).toEqual([]);
  });
});
