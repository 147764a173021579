import { toPlainFilename } from '../../../platform/runtime/plain-filename.js';

const UNNAMED = 'recording';

/** The name as people gave it, as far as it can be shown. It is never used as a path. */
export function toStoredFilename(sent: string): string {
  return toPlainFilename(sent) || UNNAMED;
}
