import { readFileSync } from 'node:fs';
import { inRoot } from './project.mjs';

// `release-notes.mjs VERSION [FILE]`: what CHANGELOG.md, or that file, says of a version, for the page of its release. A version that has
// no section of its own, with the day of its release, is refused.
const [version = '', file = inRoot('CHANGELOG.md')] = process.argv.slice(2);
const sections = readFileSync(file, 'utf8').split(/^## /m).slice(1);
const found = sections.filter((text) => /^\[?([^\s\]]+)/.exec(text)?.[1] === version);
const [title = '', ...lines] = (found[0] ?? '').split('\n');
const notes = lines.join('\n').trim();
if (notes === '') refuse(`CHANGELOG.md says nothing of ${version}.`);
if (found.length > 1) refuse(`CHANGELOG.md has ${found.length} sections of ${version}.`);
if (!/ — \d{4}-\d{2}-\d{2}$/.test(title))
  refuse(`CHANGELOG.md does not say on which day ${version} is released: "${title}".`);
process.stdout.write(`${notes}\n`);

function refuse(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
