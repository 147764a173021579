import { codeBlocksOf, type CodeBlock } from './code-blocks.js';

export const OPERATIONS = 'docs/operations.md';
const MARK = '# Checked, not run\n';
/** Under these the service is exchanged for another version of it, which takes a checkout with both. */
const EXCHANGE = ['Upgrade', 'Roll back'];

export interface DocumentedBlock extends CodeBlock {
  readonly document: string;
}

/** Code that is no command for a shell, and why it is there. */
export const SHOWN: readonly { document: string; language: string; reason: string }[] = [
  { document: 'docs/backup.md', language: 'crontab', reason: 'its command is run by backup-faults.long' },
  { document: 'docs/metrics.md', language: 'json', reason: 'what the command above it answers' },
];

const blocksOf = (document: string): DocumentedBlock[] =>
  codeBlocksOf(document).map((block) => ({ document, ...block }));

/** Of the documents whose commands are run against one service, in this order. */
export const documentedBlocks: readonly DocumentedBlock[] = [
  OPERATIONS,
  'docs/backup.md',
  'docs/logs.md',
  'docs/metrics.md',
].flatMap(blocksOf);

const commands = documentedBlocks.filter(({ language }) => language === 'sh');
const isExchange = ({ document, heading }: DocumentedBlock): boolean =>
  document === OPERATIONS && EXCHANGE.includes(heading);
const isRun = ({ code }: DocumentedBlock): boolean => !code.startsWith(MARK);

/** Run by a shell, in their order. */
export const runBlocks: readonly DocumentedBlock[] = commands.filter(
  (block) => isRun(block) && !isExchange(block),
);

/** Run by a shell too, where two versions are. */
export const exchangeBlocks: readonly DocumentedBlock[] = commands.filter(
  (block) => isRun(block) && isExchange(block),
);

/** The commands, as words, of what needs containers or a cluster. */
export const checkedCommands: readonly (readonly string[])[] = commands
  .filter((block) => !isRun(block))
  .flatMap(({ code }) => code.slice(MARK.length).trim().split('\n'))
  .map((line) => line.split(' '));
