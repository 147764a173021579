import type { TestUser, TwoUsers } from '../two-users.js';

/** Finished jobs of a user, a minute apart, the last one the newest; one of ten was cancelled. */
export function addManyJobs(users: TwoUsers, owner: TestUser, count: number): Promise<void> {
  return users.execute(`
    insert into jobs (id, owner_id, original_filename, status, model, language, duration_seconds, created_at, updated_at, finished_at)
    select ('0190aaaa-bbbb-7ccc-8ddd-1' || lpad(i::text, 11, '0'))::uuid, '${owner.id}', 'Talk ' || i || '.wav',
      case when i % 10 = 0 then 'cancelled' else 'completed' end, case when i % 4 = 1 then 'base' else 'tiny' end, 'en', i,
      '2026-01-01T00:00:00Z'::timestamptz + interval '1 minute' * i, now(), now()
    from generate_series(1, ${count}) as i`);
}
