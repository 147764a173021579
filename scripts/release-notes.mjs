import { readFileSync } from 'node:fs';
import { inRoot } from './project.mjs';

// `release-notes.mjs VERSION`: what CHANGELOG.md says of a version, for the page of its release.
const [version = ''] = process.argv.slice(2);
const sections = readFileSync(inRoot('CHANGELOG.md'), 'utf8').split(/^## /m).slice(1);
const section = sections.find((text) => /^\[?([^\s\]]+)/.exec(text)?.[1] === version);
const notes = section?.slice(section.indexOf('\n')).trim() ?? '';
if (notes === '') {
  process.stderr.write(`CHANGELOG.md says nothing of ${version}.\n`);
  process.exit(1);
}
process.stdout.write(`${notes}\n`);
