import { openDumpSession } from './dump-session.js';

/** A service of the version before has no table for it. */
const HAS_TABLE = `select to_regclass('last_backup') is not null as found`;
const NOTE = `
  insert into last_backup (made_at) values ($1)
  on conflict (is_only) do update set made_at = greatest(last_backup.made_at, excluded.made_at)`;

/** Notes for the metrics of the service of when its last backup is. */
export async function noteBackup(url: string, madeAt: string): Promise<void> {
  const client = await openDumpSession(url);
  try {
    const { rows } = await client.query<{ found: boolean }>(HAS_TABLE);
    if (rows[0]?.found === true) await client.query(NOTE, [madeAt]);
  } finally {
    await client.end();
  }
}
