/** The rule of docs/adr/0023-expand-and-contract.md, on the statements that migrations really make. */
import { describe, expect, it } from '@jest/globals';
import { MIGRATIONS } from '../../src/platform/database/migrations/migrations.js';
import { findContractingChanges } from '../support/schema-changes.js';

/** The last one that was made before the rule was checked. */
const LAST_UNCHECKED = '028-usage-slots';

/** Second steps: the release that stopped using what they take away, which came before the one that has them. */
const CONTRACTS: Readonly<Record<string, string>> = {};

const checked = MIGRATIONS.slice(MIGRATIONS.findIndex(({ name }) => name === LAST_UNCHECKED) + 1);

async function statementsOf({ class: Migration }: (typeof MIGRATIONS)[number]): Promise<string[]> {
  // Neither driver nor settings: these are for migrations that ask the database, which none does.
  const migration = new Migration(undefined, undefined);
  await migration.up();
  return migration.getQueries().map(String);
}

describe('a migration', () => {
  it.each(checked.filter(({ name }) => !(name in CONTRACTS)))(
    'leaves the version before all that it uses: $name',
    async (migration) => {
      const statements = await statementsOf(migration);

      expect(statements).not.toEqual([]);
      expect(findContractingChanges(statements)).toEqual([]);
    },
  );

  it('that is named as a second step exists and names a release', () => {
    const names = checked.map(({ name }) => name);

    for (const [name, release] of Object.entries(CONTRACTS)) {
      expect(names).toContain(name);
      expect(release).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it.each([
    'drop table media_peaks',
    'alter table jobs drop column track',
    'alter table jobs add column mood text, drop column track',
    'alter table jobs rename column track to channel',
    'alter table jobs rename to tasks',
    'ALTER TABLE jobs\n  ALTER COLUMN track TYPE bigint',
    'alter table jobs alter column track set not null',
    'alter table jobs alter column track drop default',
    'alter table jobs add column mood text not null',
    "alter table jobs add mood text check (mood in ('a', 'b')) not null",
    'alter table usage_days drop constraint usage_days_pkey',
  ])('breaks the version before by: %s', (statement) => {
    expect(findContractingChanges([statement])).toHaveLength(1);
  });

  it.each([
    'create table moods (name text not null)',
    'alter table jobs add column mood text',
    'alter table jobs add column mood text not null default 1',
    'alter table jobs alter column track drop not null',
    'create index jobs_mood on jobs (mood)',
    'update jobs set track = 1',
  ])('does not break it by: %s', (statement) => {
    expect(findContractingChanges([statement])).toEqual([]);
  });
});
