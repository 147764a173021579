import type { EntityClass } from '@mikro-orm/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { User } from '../../src/modules/auth/users/user.entity.js';
import { Job } from '../../src/modules/jobs/job.entity.js';
import { Transcript } from '../../src/modules/transcription/transcripts/transcript.entity.js';
import { MediaFile } from '../../src/modules/uploads/media/media-file.entity.js';
import { findPlain } from '../../src/platform/database/plain-rows.js';
import { openOnServer } from '../support/databases.js';
import { JobsOnDatabase } from '../support/jobs-room.js';

const ALL = { sql: 'true', values: [] };

describe('rows as plain objects', () => {
  let base: JobsOnDatabase;

  beforeAll(async () => {
    base = await JobsOnDatabase.open(await openOnServer());
    await base.startOver();
    const jobId = await base.addJob();
    await base.orm.em.fork().execute(
      `insert into transcripts (job_id, model, text, segments, language_probability, duration_seconds, draft_id, created_at)
         values (?, 'base', 'Good day.', '[{"start": 0, "end": 1.5, "text": "Good day."}]', 0.75, 1.5, 9007199254740991, now())`,
      [jobId],
    );
  }, 60_000);

  afterAll(() => base.close());

  it.each<[string, EntityClass<object>]>([
    ['a job', Job],
    ['a recording', MediaFile],
    ['a transcript', Transcript],
    ['a user', User],
  ])('have all that %s has as an entity', async (_, entity) => {
    const em = base.orm.em.fork();
    const entities = await em.find(entity, {}, { disableIdentityMap: true });
    const plain = await findPlain(em, entity, ALL);

    expect(plain.length).toBeGreaterThan(0);
    expect(plain).toEqual(entities.map((row) => ({ ...row })));
  });

  it('are those that meet the condition, in its order', async () => {
    await base.addJobs(3);
    const em = base.orm.em.fork();
    const found = await findPlain(em, Job, { sql: 'priority = ? order by id desc limit 2', values: [0] });
    const all = await em.find(Job, {}, { orderBy: { id: 'desc' }, limit: 2, disableIdentityMap: true });

    expect(found.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  });
});
