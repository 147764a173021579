import type { SqlCondition } from '../../../platform/database/sql-condition.js';

/** What jobs meet that have this in their transcript, in whatever case. The index `transcripts_text` is made for it. */
export function whereText(text: string): SqlCondition {
  const { sql, values } = containing('text', text.normalize('NFC'));
  return { sql: `id in (select job_id from transcripts where ${sql})`, values };
}

/** What rows meet that have this in a column, in whatever case. */
export function containing(column: string, text: string): SqlCondition {
  return {
    sql: `lower(${column}) like lower(?)`,
    values: [`%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`],
  };
}
