import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { StartupError } from '../../../../platform/errors/startup-error.js';
import { assertSpace, translateDiskError } from './disk-space.js';

const systemError = (code: string): Error => Object.assign(new Error(code), { code });

describe('assertSpace', () => {
  it('refuses what does not fit and says how much is missing', async () => {
    await expect(assertSpace(tmpdir(), 2 ** 60)).rejects.toMatchObject({
      code: 'storage_full',
      detail: expect.stringMatching(/needs \d+ MB .* \d+ MB are free/),
    });
  });
});

describe('translateDiskError', () => {
  it.each([
    ['ENOSPC', 'storage_full'],
    ['EDQUOT', 'storage_full'],
    ['EACCES', 'model_dir_unwritable'],
    ['EROFS', 'model_dir_unwritable'],
  ])('makes %s %s', (code, ours) => {
    expect(translateDiskError(systemError(code))).toMatchObject({ code: ours });
    const lockFile = new StartupError('/srv/models/x.lock', { cause: systemError(code) });
    expect(translateDiskError(lockFile)).toMatchObject({
      code: ours,
      detail: expect.not.stringContaining('/srv'),
    });
  });

  it('leaves everything else as it is', () => {
    const error = systemError('EIO');
    expect(translateDiskError(error)).toBe(error);
  });
});
