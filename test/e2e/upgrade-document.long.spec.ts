/** The commands of docs/operations.md that exchange the version, in a checkout of a repository that has two. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { JobList, Version } from '@whisper-transcriber/client-sdk';
import { rowsOf } from '../support/backup-commands.js';
import { DocumentedService } from '../support/documented-service.js';
import { exchangeBlocks, runBlocks } from '../support/operations-document.js';
import { TwoVersions } from '../support/two-versions.js';

// A version is built at its start.
jest.setTimeout(900_000);

const BEFORE = 'v0.1.0';
const AFTER = 'v0.2.0';

let versions: TwoVersions;
let service: DocumentedService;

beforeAll(async () => {
  versions = await TwoVersions.make(BEFORE, AFTER);
  service = await DocumentedService.in(versions.checkout);
  for (const { code } of runBlocks.filter(({ heading }) => /^(Install|A key for .*)$/.test(heading)))
    await service.run(code);
});

afterAll(async () => {
  await service.close();
  await versions.remove();
});

const read = (path: string): Promise<string> =>
  service.run(`curl --silent --fail -H @admin.header http://127.0.0.1:8001${path}`);

const check = async (): Promise<void> => {
  for (const { code } of runBlocks.filter(({ heading }) => heading === 'Check')) await service.run(code);
};

/** The version that the service tells after the commands below a heading, which end with that. */
async function exchange(heading: string): Promise<string> {
  const [block, ...others] = exchangeBlocks.filter((one) => one.heading === heading);
  expect(others).toEqual([]);
  const output = await service.run(block?.code ?? '');
  return (JSON.parse(output.slice(output.lastIndexOf('{"version"'))) as Version).version;
}

async function transcripts(): Promise<string[]> {
  const { jobs } = JSON.parse(await read('/jobs')) as JobList;
  return Promise.all(jobs.map(({ job_id: id }) => read(`/transcripts/${id}`)));
}

describe('docs/operations.md', () => {
  it('upgrades to a version with another schema and back again, and all that was stored is there', async () => {
    await check();
    const [first = ''] = await transcripts();
    expect(first).toContain('leisure to consider');

    expect(await exchange('Upgrade')).toBe(AFTER.slice(1));
    expect(await service.run('git describe --tags --always')).toBe(`${AFTER}\n`);
    await check();
    const ofBoth = await transcripts();
    expect(ofBoth).toHaveLength(2);
    expect(ofBoth).toContain(first);

    expect(await exchange('Roll back')).toBe(BEFORE.slice(1));
    expect(await transcripts()).toEqual(ofBoth);
    await check();
    expect(await transcripts()).toHaveLength(3);

    await service.stop();
    const rows = await rowsOf({ DATA_DIR: path.join(versions.checkout, 'data') });
    expect(Object.keys(rows)).toContain('things_of_the_next_version');
    expect(rows['jobs']).toHaveLength(3);
  });
});
