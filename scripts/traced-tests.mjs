import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './project.mjs';

/** A row of docs/traceability.md: `id`, and the tests of its fourth column: `file` “title as in the source”. */
export function readTraces() {
  return readFileSync(inRoot('docs', 'traceability.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| (SR-\d\d|R\d) /.test(line))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
    .map(([id, , code, tests, docs]) => ({
      id,
      code: [...code.matchAll(/`([^`]+)`/g)].map((match) => match[1]),
      tests: [...tests.matchAll(/`([^`]+)` “([^”]+)”/g)].map(([, file, title]) => ({ file, title })),
      docs: [...docs.matchAll(/\]\(([^)#]+)/g)].map((match) => path.posix.join('docs', match[1])),
    }));
}

/**
 * What the document names and these results do not show as passed.
 *
 * @param {{ name: string, assertionResults: { title: string, status: string }[] }[]} testResults of jest
 * @param {(file: string) => boolean} [isAsked] whether the tests of a file were to run
 */
export function findUnproven(testResults, isAsked = () => true) {
  const passed = new Map();
  for (const { name, assertionResults } of testResults) {
    const file = path.relative(inRoot(), name).replaceAll(path.sep, '/');
    const titles = assertionResults.filter(({ status }) => status === 'passed').map(({ title }) => title);
    // A file that failed is run once more.
    passed.set(file, [...(passed.get(file) ?? []), ...titles]);
  }
  return readTraces().flatMap(({ id, tests }) =>
    tests
      .filter(({ file }) => isAsked(file))
      .filter(({ file, title }) => !(passed.get(file) ?? []).some((one) => patternOf(title).test(one)))
      .map(({ file, title }) => `${id}: ${file} “${title}” did not pass`),
  );
}

/** Titles of tests that run for several cases have gaps: %s, %d, %j, $name. */
function patternOf(title) {
  const parts = title.split(/%[a-z]|\$\w+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`);
}
