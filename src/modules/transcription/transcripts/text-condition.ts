import type { SqlCondition } from '../../../platform/database/sql-condition.js';

/** What jobs meet that have this in their transcript, in whatever case. The index `transcripts_text` is made for it. */
export function whereText(text: string): SqlCondition {
  const sql = `id in (select job_id from transcripts where lower(text) like lower(?))`;
  return { sql, values: [`%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`] };
}
