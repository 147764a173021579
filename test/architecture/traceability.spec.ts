import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '../..');
const LAST_REQUIREMENT = 57;
const LAST_OF_DOCUMENTS = 6;

interface Trace {
  readonly id: string;
  readonly code: readonly string[];
  readonly tests: readonly { readonly file: string; readonly title: string }[];
  readonly docs: readonly string[];
}

interface FileResult {
  readonly name: string;
  readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
}

interface TracedTests {
  readonly readTraces: () => readonly Trace[];
  readonly findUnproven: (results: readonly FileResult[]) => readonly string[];
}

interface JestConfig {
  readonly default: { readonly coverageThreshold: { readonly global: { readonly lines: number } } };
}

const inRoot = (name: string): string => path.join(ROOT, name);
const load = async <T>(name: string): Promise<T> => (await import(pathToFileURL(inRoot(name)).href)) as T;
const { readTraces, findUnproven } = await load<TracedTests>('scripts/traced-tests.mjs');
const traces = readTraces();

function numbered(prefix: string, count: number, width: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${String(i + 1).padStart(width, '0')}`);
}

describe('docs/traceability.md', () => {
  it('has every requirement once', () => {
    expect(traces.map(({ id }) => id)).toEqual([
      ...numbered('SR-', LAST_REQUIREMENT, 2),
      ...numbered('R', LAST_OF_DOCUMENTS, 1),
    ]);
  });

  it.each(traces.map((trace) => [trace.id, trace] as const))('names for %s what exists', (_id, trace) => {
    const { code, tests, docs } = trace;
    for (const part of [code, tests, docs]) expect(part).not.toEqual([]);
    expect([...code, ...docs].filter((name) => !existsSync(inRoot(name)))).toEqual([]);
    const missing = tests.filter(({ file, title }) => !readFileSync(inRoot(file), 'utf8').includes(title));
    expect(missing).toEqual([]);
  });

  it('is judged by the results of the tests: what did not pass, or did not run, is named', () => {
    const files = new Map<string, string[]>();
    for (const { file, title } of traces.flatMap(({ tests }) => tests))
      files.set(file, [...(files.get(file) ?? []), title.replace(/%[a-z]|\$\w+/g, 'some case')]);
    const results = [...files].map(([file, titles]) => ({
      name: inRoot(file),
      assertionResults: titles.map((title) => ({ title, status: 'passed' })),
    }));
    const [first, ...others] = results;

    expect(findUnproven(results)).toEqual([]);
    expect(findUnproven(others)).toContainEqual(expect.stringMatching(/^SR-01: .* did not pass$/));
    const failed = first?.assertionResults.map((one) => ({ ...one, status: 'failed' })) ?? [];
    expect(findUnproven([{ name: first?.name ?? '', assertionResults: failed }, ...others])).toContainEqual(
      expect.stringMatching(/^SR-01: /),
    );
  });
});

describe('the gate', () => {
  it('of coverage stands in the configuration, at 25 % or more', async () => {
    const { default: jestConfig } = await load<JestConfig>('jest.config.mjs');

    expect(jestConfig.coverageThreshold.global.lines).toBeGreaterThanOrEqual(25);
  });

  it('of coverage is asked for by CI, with the command that contributors are told', () => {
    const command = 'npm test -- unit --coverage';

    expect(readFileSync(inRoot('.github/workflows/ci.yml'), 'utf8')).toContain(`- run: ${command}\n`);
    expect(readFileSync(inRoot('CONTRIBUTING.md'), 'utf8')).toContain(`\`${command}\``);
  });
});
