import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** A heading; a block between fences, also within a list; a block that is one by its indentation. */
const PARTS = /^#+ ([^\n]*)$|^( *)```(\w*)\n(.*?)^\2```$|(?<=^\n)((?: {4}[^\n]*\n)+)/gms;

export interface CodeBlock {
  /** The heading before it. */
  readonly heading: string;
  /** Empty where the document does not say. */
  readonly language: string;
  readonly code: string;
}

/** The code in a document of the repository, in order. */
export function codeBlocksOf(document: string): CodeBlock[] {
  return codeBlocksIn(readFileSync(path.join(ROOT, document), 'utf8'));
}

/** The same, of a text. */
export function codeBlocksIn(text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heading = '';
  for (const [, title, indentation, language, fenced, indented] of text.matchAll(PARTS)) {
    if (title !== undefined) heading = title;
    else
      blocks.push({
        heading,
        language: language ?? '',
        code: withoutIndentation(fenced ?? indented ?? '', indentation ?? '    '),
      });
  }
  return blocks;
}

function withoutIndentation(code: string, indentation: string): string {
  return code.replaceAll(new RegExp(`^${indentation}`, 'gm'), '');
}
