// `node --import ./test/support/count-statements.mjs?into=FILE dist/main.js` writes a line for each statement that is sent to the database,
// without its values.
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const file = new URL(import.meta.url).searchParams.get('into');
// The driver of the ORM, which may have a copy of its own.
const orm = createRequire(import.meta.url).resolve('@mikro-orm/postgresql');
const { prototype } = createRequire(orm)('pg').Client;
const { query } = prototype;
prototype.query = function (statement, ...rest) {
  const text = typeof statement === 'string' ? statement : (statement.text ?? '');
  const withoutValues = text.replaceAll(/'(?:[^']|'')*'|\bnull\b/g, '?').replaceAll(/\s+/g, ' ');
  appendFileSync(file, `${withoutValues}\n`);
  return query.call(this, statement, ...rest);
};
