import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What another implementation answered; the README here says which. */
export const truth = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8'));
