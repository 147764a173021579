import { codeBlocksOf, type CodeBlock } from './code-blocks.js';

const MARK = '# Checked, not run\n';

export const operationsBlocks = codeBlocksOf('docs/operations.md');

/** Run by a shell, in the order of the document. */
export const runBlocks: readonly CodeBlock[] = operationsBlocks.filter(
  ({ language, code }) => language === 'sh' && !code.startsWith(MARK),
);

/** The commands, as words, of what needs containers or a cluster. */
export const checkedCommands: readonly (readonly string[])[] = operationsBlocks
  .filter(({ language, code }) => language === 'sh' && code.startsWith(MARK))
  .flatMap(({ code }) => code.slice(MARK.length).trim().split('\n'))
  .map((line) => line.split(' '));
