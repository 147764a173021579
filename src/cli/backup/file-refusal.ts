import { getSystemErrorMap } from 'node:util';
import { codeOf } from '../../platform/runtime/system-calls.js';

/** What the system does not let be done with a file or folder, in one line; null: the error is another. */
export function fileRefusalOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('path' in error) || !('errno' in error)) return null;
  const [, words] = getSystemErrorMap().get(Number(error.errno)) ?? [];
  return words === undefined ? null : `${String(error.path)}: ${words} (${codeOf(error)}).`;
}
