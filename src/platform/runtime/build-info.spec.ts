import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readBuildInfo } from './build-info.js';

describe('the build metadata', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'build-info-'));
    file = path.join(folder, 'build.info');
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('is read line by line', async () => {
    await writeFile(file, 'BUILD_VERSION=v1.2.3-4-gabc\nBUILD_SHA=abcdef\nBUILD_DATE=2026-01-02T03:04:05Z\n');

    expect(readBuildInfo(file)).toEqual({
      version: 'v1.2.3-4-gabc',
      sha: 'abcdef',
      date: '2026-01-02T03:04:05Z',
    });
  });

  it('is not known where it is not told', async () => {
    const unknown = { version: null, sha: null, date: null };

    expect(readBuildInfo(file)).toEqual(unknown);
    await writeFile(file, 'BUILD_VERSION=\nBUILD_SHA\n');
    expect(readBuildInfo(file)).toEqual(unknown);
  });
});
