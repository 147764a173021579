/** The check that finds what would break programs, on the real document with one change at a time. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';

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
