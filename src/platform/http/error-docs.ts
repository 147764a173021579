import { AppError } from '../errors/app-error.js';
import { ERROR_CODES, isErrorCode } from '../errors/error-codes.js';
import { statusOf } from './problem.js';

const HEAD = `# Errors

Every error is \`application/problem+json\` (RFC 9457). Branch on \`code\`: it is stable; \`title\` and \`detail\` are for people.
\`request_id\` names the entries of the request in the log. \`errors\` lists invalid fields.

A job that fails has the same codes in its \`error\`. Which defect of a file has which code: [media.md](media.md).

Written by \`npm run docs\` from \`src/platform/errors/error-codes.ts\`.

| code | status | meaning |
| --- | --- | --- |
`;

/** The text of docs/errors.md. */
export function renderErrorDocs(): string {
  const rows = Object.keys(ERROR_CODES)
    .filter(isErrorCode)
    .map((code) => new AppError(code, ''))
    .map((error) => `| \`${error.code}\` | ${statusOf(error)} | ${error.title} |\n`);
  return HEAD + rows.join('');
}
