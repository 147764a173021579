import { openDumpSession } from './dump-session.js';
import { hasTable } from './has-table.js';

const NOTE = `
  insert into last_backup (made_at) values ($1)
  on conflict (is_only) do update set made_at = greatest(last_backup.made_at, excluded.made_at)`;

/** Notes for the metrics of the service of when its last backup is. */
export async function noteBackup(url: string, madeAt: string): Promise<void> {
  const client = await openDumpSession(url);
  try {
    // A service of the version before has no table for it.
    if (await hasTable(client, 'last_backup')) await client.query(NOTE, [madeAt]);
  } finally {
    await client.end();
  }
}
