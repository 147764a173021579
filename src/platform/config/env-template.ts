import { SETTINGS } from './settings.js';

const HEAD = `# Settings of whisper-transcriber. Copy to .env and change what you need: every line shows the default.
# Outside production the service reads .env itself; in production it reads only its environment.
# Written by "npm run docs" from src/platform/config/settings.ts.
`;

/** The text of env.template: every variable with its default and its meaning. */
export function renderEnvTemplate(): string {
  const settings = Object.entries(SETTINGS).map(([name, setting]) => {
    // The default depends on the machine, so the template must not freeze the one that wrote it.
    const value = name === 'WORKER_THREADS' ? '' : setting.fallback;
    return `${comment(setting.describe)}\n${name}=${value}\n`;
  });
  return [HEAD, ...settings].join('\n');
}

function comment(sentence: string): string {
  return `# ${sentence}`;
}
