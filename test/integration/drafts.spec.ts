import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { knownAs } from '../../src/modules/auth/access/actor.view.js';
import { LOCAL_PRINCIPAL } from '../../src/modules/auth/access/local-user.view.js';
import type { JobClaim, JobProgress } from '../../src/modules/jobs/job.view.js';
import { DraftsRepository } from '../../src/modules/transcription/drafts/drafts.repository.js';
import { DraftsService } from '../../src/modules/transcription/drafts/drafts.service.js';
import type { ReadyModel } from '../../src/modules/transcription/models/model-catalogue.service.js';
import { DATABASES } from '../support/databases.js';
import { JobsOnDatabase } from '../support/jobs-room.js';

const MODEL: ReadyModel = { name: 'base', dir: '/models', revision: 'first', languages: [], memory: null };
const OTHER_FILES: ReadyModel = { ...MODEL, revision: 'second' };
const CHUNK = {
  type: 'chunk',
  segments: [{ start: 0, end: 1, text: 'One.' }],
  position: 1,
  language: 'en',
  engineState: {},
} as never;
const HEARD = { voices: [0.6, -0.8] } as never;
const ACTOR = knownAs(LOCAL_PRINCIPAL, { address: '127.0.0.1', requestId: null });
const AT_ONE: JobProgress = { stage: 'transcribing', processedSeconds: 1, speed: null };

describe.each(DATABASES)('drafts of transcripts in %s', (_name, open) => {
  let site: JobsOnDatabase;
  let drafts: DraftsService;

  beforeAll(async () => {
    site = await JobsOnDatabase.open(await open());
    drafts = new DraftsService(new DraftsRepository(site.orm.em), site.room.claims);
  }, 60_000);

  afterAll(() => site.close());

  beforeEach(() => site.startOver());

  it('are gone on with by the worker that takes the job over', async () => {
    await site.addJob();
    const first = await site.claim();
    await (await drafts.open(first, MODEL))!.writer.add(CHUNK, AT_ONE);
    await site.room.claims.release(first);

    expect((await drafts.open(await site.claim(), MODEL))!.begun).toMatchObject({ position: 1, pieces: 1 });
  });

  it('are begun anew with other files of the model', async () => {
    await site.addJob();
    const claim = await site.claim();
    await (await drafts.open(claim, MODEL))!.writer.add(CHUNK, AT_ONE);

    expect((await drafts.open(claim, OTHER_FILES))!.begun).toBeNull();
    expect((await drafts.open(claim, MODEL))!.begun).toBeNull();
  });

  it.each<[string, (claim: JobClaim) => Promise<unknown>]>([
    ['failed', (claim) => site.room.claims.fail(claim, { code: 'corrupt_media', detail: 'Broken.' })],
    ['was cancelled', (claim) => site.room.orders.cancel(ACTOR, claim.job.id)],
  ])('keep their text and forget the voices that were heard when the job has %s', async (_how, end) => {
    await site.addJob(LOCAL_PRINCIPAL);
    const claim = await site.claim();
    const { writer } = (await drafts.open(claim, MODEL))!;
    await writer.add(CHUNK, AT_ONE);
    await writer.noteDiarizer(HEARD, AT_ONE);
    const stateNow = async (): Promise<unknown> => (await drafts.open(claim, MODEL))?.begun?.diarizerState;
    expect(await stateNow()).toEqual(HEARD);
    await end(claim);

    const draft = await new DraftsRepository(site.orm.em).find(claim.job.id, null);
    expect(draft).toMatchObject({ position: 1, diarizerState: null });
  });

  it('stay with the worker that has the job when one that lost it opens its own', async () => {
    await site.addJob();
    const lost = await site.claim();
    await site.room.claims.release(lost);
    const held = await site.claim();
    await (await drafts.open(held, MODEL))!.writer.add(CHUNK, AT_ONE);

    expect(await drafts.open(lost, OTHER_FILES)).toBeNull();
    expect((await drafts.open(held, MODEL))!.begun).toMatchObject({ position: 1, pieces: 1 });
  });
});
