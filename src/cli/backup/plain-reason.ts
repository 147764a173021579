import { getSystemErrorMap } from 'node:util';
import { isDatabaseOutage, translateDatabaseError } from '../../platform/database/outage.js';
import { codeOf, isOfFile } from '../../platform/runtime/system-calls.js';

/** Of PostgreSQL: there is no such database. */
const NO_DATABASE = '3D000';

/** What an operator can mend, in one line: what the system refuses of a file, or why there is no database. Null: the error is another. */
export function plainReasonOf(error: unknown): string | null {
  return fileRefusalOf(error) ?? databaseRefusalOf(error);
}

function fileRefusalOf(error: unknown): string | null {
  if (!isOfFile(error) || !('errno' in error)) return null;
  const [, words] = getSystemErrorMap().get(Number(error.errno)) ?? [];
  return words === undefined ? null : `${String(error.path)}: ${words} (${codeOf(error)}).`;
}

/** What the server says names a role or a database, and no secret. */
function databaseRefusalOf(error: unknown): string | null {
  const isMissing = codeOf(error) === NO_DATABASE;
  if (!(error instanceof Error) || !(isMissing || isDatabaseOutage(translateDatabaseError(error))))
    return null;
  const said = error.message === '' ? codeOf(error) : error.message;
  return `The database cannot be reached: ${said}. Check DATABASE_URL.`;
}
