import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { AUDIT_ACTIONS } from '../../src/modules/auth/audit/audit-actions.view.js';
import { renderConfigurationDocs } from '../../src/platform/config/configuration-docs.js';
import { renderEnvTemplate } from '../../src/platform/config/env-template.js';
import type { Setting } from '../../src/platform/config/setting.js';
import { SETTINGS } from '../../src/platform/config/settings.js';
import { ERROR_CODES } from '../../src/platform/errors/error-codes.js';
import { renderErrorDocs } from '../../src/platform/http/error-docs.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

function read(name: string): string {
  return readFileSync(path.join(ROOT, name), 'utf8');
}

function sourcesUnder(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/')));
}

describe('the house', () => {
  it('has no forwardRef, which hides a missing third thing', () => {
    expect(sourcesUnder('src').filter((file) => read(file).includes('forwardRef'))).toEqual([]);
  });

  it('reads the environment in one room only', () => {
    const readers = sourcesUnder('src').filter((file) => /\bprocess\.env\b/.test(read(file)));

    expect(readers).toEqual(['src/platform/config/environment.ts']);
  });

  it('has no folder for things without an owner', () => {
    const ownerless = /\/(common|shared|utils?|helpers?|core|types|constants)\//;

    expect(
      [...sourcesUnder('src'), ...sourcesUnder('libs/whisper-engine/src')].filter((file) =>
        ownerless.test(file),
      ),
    ).toEqual([]);
  });
});

describe('env.template', () => {
  it('is what the settings say (npm run docs writes it)', () => {
    expect(read('env.template')).toBe(renderEnvTemplate());
  });

  it('names every variable, with secrets left empty', () => {
    for (const name of Object.keys(SETTINGS)) {
      expect(read('env.template')).toMatch(new RegExp(`^${name}=`, 'm'));
    }
    expect(read('env.template')).toMatch(/^METRICS_TOKEN=$/m);
    expect(read('env.template')).toMatch(/^SECRET_KEY=$/m);
  });
});

describe('secrets', () => {
  it('have no default in the code', () => {
    const settings: [string, Setting<unknown>][] = Object.entries(SETTINGS);
    const withDefault = settings.filter(([, { secret, fallback }]) => secret === true && fallback !== '');

    // It is a secret only where somebody writes a password into it.
    expect(withDefault.map(([name]) => name)).toEqual(['MODEL_HUB_URL']);
  });

  it('are not committed by mistake: files for them and data are ignored, the template is not', () => {
    const ignored = read('.gitignore').split('\n');

    expect(ignored).toEqual(expect.arrayContaining(['.env', '.env.*', 'data/']));
    expect(ignored.filter((line) => line.startsWith('env') || line.startsWith('!'))).toEqual([]);
  });
});

describe('docs/audit.md', () => {
  it('says of every action what the code says, and when it is told of', () => {
    const rows = read('docs/audit.md')
      .split('\n')
      .filter((line) => /^\| `[^|]*\|[^|]*\| `\w+` +\| `(success|failure)`/.test(line))
      .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

    expect(rows.map(([, action, , object, outcome, details]) => [action, object, outcome, details])).toEqual(
      Object.entries(AUDIT_ACTIONS).map(([action, { object, outcome, details }]) => [
        action,
        object,
        outcome,
        details.join(', '),
      ]),
    );
    for (const [, action, when] of rows) expect([action, when]).not.toEqual([action, '']);
  });
});

describe('docs/security.md', () => {
  it('says of every secret among the settings what it is for and what its loss means', () => {
    const rows = [...read('docs/security.md').matchAll(/^\| `([A-Z0-9_]+)` +\|/gm)].map(([, name]) => name);
    const secrets = Object.entries(SETTINGS).filter(([, setting]) => 'secret' in setting);

    expect(rows.toSorted()).toEqual(secrets.map(([name]) => name).toSorted());
  });

  it('names only tests that exist', () => {
    const tests = read('docs/security.md').match(/(?<=`)(test|src)\/[\w./-]+[.]spec[.]ts(?=`)/g) ?? [];

    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});

describe('the documents that are made from the code', () => {
  it('list every error code with its status (npm run docs writes docs/errors.md)', () => {
    for (const code of Object.keys(ERROR_CODES)) expect(read('docs/errors.md')).toContain(`| \`${code}\` |`);
    expect(read('docs/errors.md')).toBe(renderErrorDocs());
  });

  it('list every setting (npm run docs writes docs/configuration.md)', () => {
    expect(read('docs/configuration.md')).toBe(renderConfigurationDocs());
  });
});
