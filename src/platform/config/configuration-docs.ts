import { isChangeable } from './changeable-settings.js';
import { SETTINGS } from './settings.js';

const HEAD = `# Configuration

All settings are environment variables. Outside production the service also reads a file \`.env\` in its folder; a variable of the
environment wins over the file. Unknown variables in the file and invalid values stop the start with one message that lists every problem.

Administrators can change those marked *live* while the service runs ([admin.md](admin.md#settings)); what is set here is then where they started.

Written by \`npm run docs\` from \`src/platform/config/settings.ts\`.

| variable | default | meaning |
| --- | --- | --- |
`;

/** The text of docs/configuration.md. */
export function renderConfigurationDocs(): string {
  const rows = Object.entries(SETTINGS).map(([name, { fallback, describe }]) => {
    const shown = name === 'WORKER_THREADS' ? '' : fallback;
    return `| \`${name}\` | ${shown === '' ? '' : `\`${shown}\``} | ${isChangeable(name) ? '*Live.* ' : ''}${describe} |\n`;
  });
  return HEAD + rows.join('');
}
