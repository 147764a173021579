/**
 * Compares docs/api/openapi.json with that of the last release, its newest tag. Without a release there is nothing to break. A release has
 * its tag already when it is looked at, and candidates promise nothing, so neither is compared with.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findBreakingChanges, mayBreak } from './breaking-changes.mjs';
import { inRoot, readJson, ROOT } from './project.mjs';

const DOCUMENT = 'docs/api/openapi.json';

function git(...args) {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
}

const BEFORE = ['--merged', 'HEAD', '--no-contains', 'HEAD', '--sort=-version:refname'];
const release = git('tag', '--list', 'v*', ...BEFORE)
  .split('\n')
  .find((tag) => !tag.includes('-'));
if (release === '' || git('ls-tree', '--name-only', release, DOCUMENT) === '') {
  process.stdout.write('No release has a document to compare with.\n');
} else {
  const before = JSON.parse(git('show', `${release}:${DOCUMENT}`));
  const changes = findBreakingChanges(before, JSON.parse(readFileSync(inRoot(DOCUMENT), 'utf8')));
  for (const change of changes) process.stdout.write(`${change}\n`);
  process.stdout.write(`${changes.length} breaking changes since ${release}\n`);
  const { version } = readJson(inRoot('package.json'));
  process.exitCode = changes.length === 0 || mayBreak(release.slice(1), version) ? 0 : 1;
}
