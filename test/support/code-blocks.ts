import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface CodeBlock {
  /** The heading before it. */
  readonly heading: string;
  readonly language: string;
  readonly code: string;
}

/** The code in a document of the repository, in order. */
export function codeBlocksOf(document: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heading = '';
  const text = readFileSync(path.join(ROOT, document), 'utf8');
  for (const [, title, language, code] of text.matchAll(/^#+ ([^\n]*)$|^```(\w+)\n(.*?)^```$/gms)) {
    if (title !== undefined) heading = title;
    else blocks.push({ heading, language: language ?? '', code: code ?? '' });
  }
  return blocks;
}
