import { invalidAnswer } from './hub-failure.js';

/** What the hub says a file must hash to: large files are known by their content, small ones by their object in git. */
export interface HubHash {
  readonly algorithm: 'sha256' | 'git-blob';
  readonly hex: string;
}

export interface HubFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly hash: HubHash;
}

/** The commit in the answer to /api/models/REPOSITORY/revision/REVISION. */
export function readCommit(answer: unknown): string {
  const commit = fieldsOf(answer)['sha'];
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit)) throw invalidAnswer('no commit');
  return commit;
}

/** One page of /api/models/REPOSITORY/tree/COMMIT; folders are left out. */
export function readTreePage(answer: unknown): HubFile[] {
  if (!Array.isArray(answer)) throw invalidAnswer('no list of files');
  return answer
    .map(fieldsOf)
    .filter(({ type }) => type === 'file')
    .map(readFile);
}

function readFile(entry: Record<string, unknown>): HubFile {
  const { path, size, oid, lfs } = entry;
  if (typeof path !== 'string' || !isSize(size)) throw invalidAnswer('a file without path or size');
  // For a file in LFS the object in git is only a pointer; what counts is the sum of the content.
  const inLfs = lfs !== undefined && lfs !== null;
  const hash = inLfs ? readHash('sha256', 64, fieldsOf(lfs)['oid']) : readHash('git-blob', 40, oid);
  return { path, sizeBytes: size, hash };
}

function readHash(algorithm: HubHash['algorithm'], digits: number, hex: unknown): HubHash {
  if (typeof hex !== 'string' || hex.length !== digits || !/^[0-9a-f]+$/.test(hex)) {
    throw invalidAnswer('a file without a hash');
  }
  return { algorithm, hex };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw invalidAnswer('not what was asked for');
  return value as Record<string, unknown>;
}

/** The query of the next page, from a `Link` header; null on the last one. */
export function nextQuery(link: string | null, base: string): string | null {
  const target = /<([^>]+)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  return target === undefined ? null : new URL(target, base).search;
}
