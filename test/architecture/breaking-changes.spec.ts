/** The check that finds what would break programs, on the real document with one change at a time. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-assignment -- an OpenAPI document, to be changed anywhere */

const ROOT = path.resolve(import.meta.dirname, '../..');
const document = readFileSync(path.join(ROOT, 'docs/api/openapi.json'), 'utf8');

type Change = (document: any) => void;
let findBreakingChanges: (before: object, after: object) => string[];

beforeAll(async () => {
  const program = pathToFileURL(path.join(ROOT, 'scripts/breaking-changes.mjs')).href;
  ({ findBreakingChanges } = (await import(program)) as { findBreakingChanges: typeof findBreakingChanges });
});

function changesAfter(change: Change): string[] {
  const after = JSON.parse(document) as object;
  change(after);
  return findBreakingChanges(JSON.parse(document) as object, after);
}

describe('breaking changes', () => {
  it.each<[string, Change, string]>([
    ['a path that is gone', ({ paths }) => delete paths['/usage'], 'GET /usage is gone'],
    [
      'an operation that is gone',
      ({ paths }) => delete paths['/jobs/{job_id}'].patch,
      'PATCH /jobs/{job_id} is gone',
    ],
    [
      'another name of an operation, as generated clients call it',
      ({ paths }) => (paths['/usage'].get.operationId = 'usage'),
      'GET /usage is called usage, not getUsage',
    ],
    [
      'a parameter that is gone',
      ({ paths }) => paths['/jobs'].get.parameters.splice(0, 1),
      'GET /jobs has no ',
    ],
    [
      'a parameter that is newly wanted',
      ({ paths }) => paths['/usage'].get.parameters.push({ in: 'query', name: 'day', required: true }),
      'GET /usage wants query day',
    ],
    [
      'a field of a body that is newly wanted',
      ({ components }) => (components.schemas.UrlUpload.required = ['url', 'filename']),
      'POST /uploads/url body wants filename',
    ],
    [
      'a field of a body that is gone',
      ({ components }) => delete components.schemas.UrlUpload.properties.filename,
      'POST /uploads/url body.filename is gone',
    ],
    [
      'a value that is not taken any more',
      ({ components }) => components.schemas.UrlUpload.properties.model.enum.shift(),
      'POST /uploads/url body.model takes no ',
    ],
    [
      'a field of an answer that is gone',
      ({ components }) => delete components.schemas.JobSummary.properties.attempts,
      'GET /jobs 200.jobs[].attempts is gone',
    ],
    [
      'a field of an answer that may be absent',
      ({ components }) => components.schemas.JobSummary.required.shift(),
      'GET /jobs 200.jobs[] may be without ',
    ],
    [
      'a status of jobs that nobody has heard of',
      ({ components }) => components.schemas.JobStatus.enum.push('sleeping'),
      'GET /jobs/{job_id} 200.status may be sleeping',
    ],
    [
      'an answer that may be null',
      ({ components }) => (components.schemas.JobSummary.properties.attempts.type = ['integer', 'null']),
      'GET /jobs 200.jobs[].attempts may be null',
    ],
    [
      'an answer that is not given any more',
      ({ paths }) => delete paths['/jobs'].post.responses['202'],
      'POST /jobs 202 is not answered any more',
    ],
    [
      'another type of an answer',
      ({ paths }) => (paths['/jobs'].get.responses['200'].content = { 'text/csv': {} }),
      'GET /jobs 200 has no application/json any more',
    ],
  ])('are found: %s', (_what, change, expected) => {
    expect(changesAfter(change)).toContainEqual(expect.stringContaining(expected));
  });

  it.each<[string, Change]>([
    ['nothing', () => undefined],
    ['a new path', ({ paths }) => (paths['/new'] = paths['/usage'])],
    [
      'a new parameter that may be absent',
      ({ paths }) => paths['/usage'].get.parameters.push({ in: 'query', name: 'day' }),
    ],
    [
      'a new field of an answer',
      ({ components }) => {
        components.schemas.JobSummary.properties.mood = { type: 'string' };
        components.schemas.JobSummary.required.push('mood');
      },
    ],
    [
      'a new value that is taken',
      ({ components }) => components.schemas.UrlUpload.properties.model.enum.push('huge'),
    ],
    ['a field that is not wanted any more', ({ components }) => (components.schemas.UrlUpload.required = [])],
    ['a new code of errors', ({ components }) => components.schemas.Problem.properties.code.enum.push('new')],
    ['other words', ({ paths }) => (paths['/usage'].get.summary = 'Other')],
  ])('are not found in %s', (_what, change) => {
    expect(changesAfter(change)).toEqual([]);
  });
});

describe('the check of a repository', () => {
  const PROGRAMS = ['check-breaking-changes.mjs', 'breaking-changes.mjs', 'project.mjs'];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'breaking-changes-'));
    for (const name of ['scripts', 'docs/api']) mkdirSync(path.join(folder, name), { recursive: true });
    for (const name of PROGRAMS)
      copyFileSync(path.join(ROOT, 'scripts', name), path.join(folder, 'scripts', name));
    git('init', '--quiet');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function git(...args: string[]): void {
    const somebody = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org'];
    execFileSync('git', [...somebody, '-c', 'commit.gpgsign=false', ...args], { cwd: folder });
  }

  /** A commit with a version and so many of the paths of the document, and its tags. */
  function commit(version: string, paths: number, ...tags: string[]): void {
    const whole = JSON.parse(document) as { readonly paths: object };
    const kept = Object.fromEntries(Object.entries(whole.paths).slice(0, paths));
    writeFileSync(path.join(folder, 'docs/api/openapi.json'), JSON.stringify({ ...whole, paths: kept }));
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ version }));
    git('add', '.');
    git('commit', '--quiet', '--allow-empty', '--message', version);
    for (const tag of tags) git('tag', tag);
  }

  function check(): { readonly status: number | null; readonly lastLine: string | undefined } {
    const program = path.join(folder, 'scripts/check-breaking-changes.mjs');
    const { status, stdout } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    return { status, lastLine: stdout.trim().split('\n').at(-1) };
  }

  it('compares a release with the one before, not with itself', () => {
    commit('1.0.0', 3, 'v1.0.0');
    commit('1.1.0', 2, 'v1.1.0');

    expect(check()).toEqual({
      status: 1,
      lastLine: expect.stringMatching(/^[1-9]\d* breaking .* v1\.0\.0$/),
    });
  });

  it('compares with the newest release, not with its candidates', () => {
    commit('1.9.0', 1, 'v1.9.0');
    commit('1.10.0-rc.1', 2, 'v1.10.0-rc.1');
    commit('1.10.0', 3, 'v1.10.0');
    commit('1.11.0-rc.1', 3, 'v1.11.0-rc.1');
    commit('1.11.0-rc.1', 3);

    expect(check()).toEqual({ status: 0, lastLine: '0 breaking changes since v1.10.0' });
  });

  it('has nothing to compare with before the first release', () => {
    commit('1.0.0-rc.1', 3, 'v1.0.0-rc.1');
    commit('1.0.0', 2, 'v1.0.0');

    expect(check()).toEqual({ status: 0, lastLine: 'No release has a document to compare with.' });
  });

  it.each([
    ['1.4.0', '2.0.0', 0],
    ['1.4.0', '2.0.0-rc.1', 0],
    ['1.4.0', '1.5.0', 1],
    ['0.4.0', '0.5.0', 0],
    ['0.4.0', '0.4.1', 1],
    ['0.4.0', '1.0.0', 0],
  ])('tells what breaks from %s to %s, and ends with %d', (before, after, status) => {
    commit(before, 3, `v${before}`);
    commit(after, 2, `v${after}`);

    expect(check()).toEqual({
      status,
      lastLine: expect.stringMatching(/^[1-9]\d* breaking changes since v/),
    });
  });
});
