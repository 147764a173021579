/** What docs/releases.md promises of versions. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** As https://semver.org suggests it. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*)?(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?$/;

const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');
const versionIn = (name: string): string => (JSON.parse(read(name)) as { version: string }).version;
const version = versionIn('package.json');
const sections = [...read('CHANGELOG.md').matchAll(/^## (\S+)/gm)].map(([, title]) => title ?? '');

/** Negative, zero or positive, by the three numbers. */
function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => SEMVER.exec(text)?.slice(1, 4).map(Number) ?? []);
  return (a ?? []).map((number, n) => number - (b?.[n] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

const folder = mkdtempSync(path.join(tmpdir(), 'releases-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What scripts/release-notes.mjs says of a version in this changelog. */
function notesOf(
  name: string,
  changelog: string,
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const file = path.join(folder, 'CHANGELOG.md');
  writeFileSync(file, changelog);
  const program = path.join(ROOT, 'scripts/release-notes.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, name, file], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('the version', () => {
  it('is one by Semantic Versioning, the same for the service, its packages and the web app', () => {
    const packages = readdirSync(path.join(ROOT, 'libs')).map((name) => `libs/${name}/package.json`);

    expect(version).toMatch(SEMVER);
    expect([...packages, 'web/package.json'].map(versionIn)).toEqual([...packages, 'web'].map(() => version));
  });

  it('has the notes of its release in the changelog, and no other has', () => {
    const released = read('CHANGELOG.md').replace(`## ${version} — unreleased`, `## ${version} — 2026-01-31`);
    const { status, stdout } = notesOf(version, released);

    expect(status).toBe(0);
    expect(stdout).toMatch(/^- /);
    expect(stdout).not.toMatch(/^## /m);
    expect(read('CHANGELOG.md')).toContain(stdout.trim());
    expect(notesOf('99.0.0', released)).toMatchObject({
      status: 1,
      stderr: 'CHANGELOG.md says nothing of 99.0.0.\n',
    });
  });

  it.each([
    [
      'that has no day yet',
      '## 1.0.0 — unreleased\n\n- New.\n',
      'CHANGELOG.md does not say on which day 1.0.0 is released: "1.0.0 — unreleased".\n',
    ],
    [
      'that is told of twice',
      '## 1.0.0 — 2026-02-01\n\n- New.\n\n## 1.0.0 — 2026-01-31\n\n- Old.\n',
      'CHANGELOG.md has 2 sections of 1.0.0.\n',
    ],
    ['of which nothing is told', '## 1.0.0 — 2026-01-31\n\n', 'CHANGELOG.md says nothing of 1.0.0.\n'],
  ])('is not released %s', (_what, changelog, stderr) => {
    expect(notesOf('1.0.0', changelog)).toEqual({ status: 1, stdout: '', stderr });
  });

  it('has the newest section of the changelog, and each section before is of a lower version', () => {
    // What the next release will tell may stand above it.
    const versions = sections[0] === 'Unreleased' ? sections.slice(1) : sections;

    expect(versions[0]).toBe(version);
    for (const [n, one] of versions.entries()) {
      expect(one).toMatch(SEMVER);
      if (n > 0) expect(compare(one, versions[n - 1] ?? '')).toBeLessThan(0);
    }
  });
});

describe('the names of commits', () => {
  /** What commitlint says of a message by the rules of the project. */
  function judge(message: string): { readonly status: number | null; readonly output: string } {
    const program = path.join(ROOT, 'node_modules/@commitlint/cli/cli.js');
    const { status, stdout } = spawnSync(process.execPath, [program], {
      cwd: ROOT,
      encoding: 'utf8',
      input: message,
    });
    return { status, output: stdout };
  }

  it.each([
    'feat: ring when no process is known',
    'fix(chart)!: take another claim\n\nThe old one is not read any more.',
    'security: refuse short secrets',
    'chore(release): v1.2.3',
    'build(deps-dev): bump the development group across 1 directory with 12 updates',
  ])('may be: %s', (message) => {
    expect(judge(message)).toEqual({ status: 0, output: '' });
  });

  it.each([
    ['Ring when no process is known', 'type may not be empty'],
    ['feature: ring when no process is known', 'type must be one of'],
    ['fix:', 'subject may not be empty'],
  ])('are refused: %s', (message, complaint) => {
    expect(judge(message)).toEqual({ status: 1, output: expect.stringContaining(complaint) });
  });

  it('that the changelog tells of are among them', () => {
    const told = [...read('cliff.toml').matchAll(/message = "\^(\w+)"/g)].map(([, type]) => type ?? '');

    expect(told).toEqual(['feat', 'fix', 'perf', 'security']);
    for (const type of told) expect(judge(`${type}: do what is told`)).toEqual({ status: 0, output: '' });
  });
});
