import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface DocumentedSeries {
  readonly type: string;
  readonly labels: readonly string[];
}

const ROW = /^\| `(whisper_\w+)` *\| (\w+) *\| (.*?) *\| .* \|$/gm;

/** The series in the table of docs/metrics.md. */
export function readDocumentedSeries(): ReadonlyMap<string, DocumentedSeries> {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
  const rows = [...text.matchAll(ROW)].map(
    ([, name = '', type = '', labels = '']): [string, DocumentedSeries] => {
      // In brackets are the values, and links in these.
      const bare = labels.replace(/\([^()]*\)/g, '').replace(/\([^()]*\)/g, '');
      const names = [...bare.matchAll(/`(\w+)`/g)].map(([, label = '']) => label);
      return [name, { type, labels: names }];
    },
  );
  return new Map(rows);
}
