import { cp, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ModelView } from '../../src/modules/transcription/models/model.view.js';
import { DECODER, LARGE_FILE, MINIATURE_DIR, TINY } from '../support/miniature-model.js';
import { ATTEMPTS, ModelRoom } from '../support/model-room.js';

let room: ModelRoom;

beforeEach(async () => {
  room = await ModelRoom.open();
});

afterEach(async () => {
  await room.close();
});

/** The pull must end as failed with this code, leave no model, and succeed as soon as nothing is wrong any more. */
async function expectFailure(code: string): Promise<ModelView> {
  const models = room.openModels();
  const failed = await room.pull(models);
  expect(failed).toMatchObject({ state: 'failed', error: { code } });
  expect(await readdir(room.path())).toEqual(['.downloads']);
  room.mirror.break();
  expect(await room.pull(models)).toMatchObject({ state: 'ready', error: null });
  await room.expectPulled();
  return failed;
}

describe('a connection that is cut', () => {
  it('is taken up again where it was, however often, as long as each brings something', async () => {
    const cuts = 2 * ATTEMPTS;
    room.mirror.break({
      at: `/cache/${TINY}/resolve/${room.mirror.commitOf(TINY)}/${LARGE_FILE}`,
      times: cuts,
      cutAfter: 20_000,
    });

    expect(await room.pull(room.openModels())).toMatchObject({ state: 'ready' });
    await room.expectPulled();
    const ranges = room.mirror.contentRequests(LARGE_FILE).map(({ range }) => range);
    const resumed = Array.from({ length: cuts }, (_, cut) => `bytes=${(cut + 1) * 20_000}-`);
    expect(ranges).toEqual([null, ...resumed]);
  });

  it('ends the pull when it never brings anything', async () => {
    room.mirror.break({ at: DECODER, times: 100, cutAfter: 0 });

    const failed = await expectFailure('hub_unreachable');
    expect(failed.error?.detail).not.toMatch(/127\.0\.0\.1|localhost|\/tmp/);
  });

  it('starts over where the hub cannot begin in the middle', async () => {
    room.mirror.break(
      { at: `/cache/${TINY}`, times: 3, cutAfter: 20_000 },
      { at: LARGE_FILE, times: 100, ignoresRange: true },
    );

    expect(await room.pull(room.openModels())).toMatchObject({ state: 'ready' });
    await room.expectPulled();
  });

  it('is taken for cut when the hub falls silent', async () => {
    room.mirror.break({ at: `cache/${TINY}/`, times: 1, stallAfter: 300 });

    expect(await room.pull(room.openModels())).toMatchObject({ state: 'ready' });
    await room.expectPulled();
  });

  it('is tried again when an answer ends too early', async () => {
    room.mirror.break({ at: `/cache/${TINY}`, times: 1, missing: 10 });

    expect(await room.pull(room.openModels())).toMatchObject({ state: 'ready' });
    await room.expectPulled();
  });
});

describe('a pull fails', () => {
  it('when a file is not what the hub lists, and throws that file away', async () => {
    room.mirror.break({ at: `resolve/${room.mirror.commitOf(TINY)}/${DECODER}`, times: 100, corrupt: true });
    const models = room.openModels();

    expect(await room.pull(models)).toMatchObject({
      state: 'failed',
      error: { code: 'model_checksum_mismatch', detail: expect.stringContaining(DECODER) },
    });
    const [download = ''] = await room.downloads();
    const left = await readdir(room.path('.downloads', download), { recursive: true });
    expect(left.filter((name) => name.includes('decoder') || name.endsWith('.part'))).toEqual([]);
    room.mirror.break();
    const before = room.mirror.requests.length;
    expect(await room.pull(models)).toMatchObject({ state: 'ready' });
    // What was right already is not fetched again.
    expect(room.mirror.requests.slice(before).some(({ path: asked }) => asked.endsWith(LARGE_FILE))).toBe(
      false,
    );
    await room.expectPulled();
  });

  it('when a small file, known by its object in git, is not what the hub lists', async () => {
    room.mirror.break({ at: 'resolve', times: 100, corrupt: true });

    expect((await expectFailure('model_checksum_mismatch')).error?.detail).toContain('config.json');
  });

  it('when a file is longer than the hub lists', async () => {
    room.mirror.break({ at: DECODER, times: 100, surplus: 10 });

    await expectFailure('model_checksum_mismatch');
  });

  it.each([
    [401, {}, 'hub_refused'],
    [403, {}, 'hub_refused'],
    [401, { 'x-error-code': 'RepoNotFound' }, 'hub_file_missing'],
    [404, { 'x-error-code': 'RevisionNotFound' }, 'hub_file_missing'],
    [404, {}, 'hub_file_missing'],
    [418, {}, 'hub_answer_invalid'],
    [500, {}, 'hub_unreachable'],
    [503, { 'retry-after': '0' }, 'hub_unreachable'],
    [429, { 'retry-after': '0' }, 'hub_rate_limited'],
    [429, { ratelimit: '"api";r=0;t=900' }, 'hub_rate_limited'],
  ])('when the hub answers %d %j', async (status, headers, code) => {
    room.mirror.break({ at: '/api/', times: 100, status, headers });

    await expectFailure(code);
  });

  it('when a file cannot be had', async () => {
    room.mirror.break({ at: DECODER, times: 100, status: 404, headers: { 'x-error-code': 'EntryNotFound' } });

    await expectFailure('hub_file_missing');
  });

  it.each(['<html>Please log in</html>', '{}', '[]', 'null', '{"sha":"../../etc"}'])(
    'when the answer is %s',
    async (page) => {
      room.mirror.break({ at: '/api/', times: 100, page });

      await expectFailure('hub_answer_invalid');
    },
  );

  it('when nothing listens there', async () => {
    const models = room.openModels({ MODEL_HUB_URL: 'http://127.0.0.1:9' });

    expect(await room.pull(models)).toMatchObject({ state: 'failed', error: { code: 'hub_unreachable' } });
  });

  it('when the repository has no such model', async () => {
    expect(await room.pull(room.openModels(), 'small')).toMatchObject({
      state: 'failed',
      error: { code: 'hub_file_missing' },
    });
  });

  it('when what the repository has makes no model', async () => {
    const broken = room.outside('broken');
    await cp(MINIATURE_DIR, broken, { recursive: true });
    await writeFile(path.join(broken, 'generation_config.json'), 'no JSON');
    await room.reopenHub({ repositories: { [TINY]: broken } });

    expect(await room.pull(room.openModels())).toMatchObject({
      state: 'failed',
      error: { code: 'hub_file_missing', detail: expect.stringContaining('generation_config.json') },
    });
    expect(await readdir(room.path())).toEqual(['.downloads']);
  });

  it('before it begins when the disk is too small for it', async () => {
    room.mirror.break({ at: '/tree/', times: 100, listedSize: 2 ** 50 });
    const failed = await expectFailure('storage_full');

    expect(failed).toMatchObject({ progress: { doneBytes: 0 } });
  });

  it('when its folder cannot be written', async () => {
    await writeFile(room.outside('file'), '');
    const models = room.openModels({ MODEL_DIR: room.outside('file/models') });

    expect(await room.pull(models)).toMatchObject({
      state: 'failed',
      error: { code: 'model_dir_unwritable' },
    });
  });
});

describe('a hub that takes no more requests', () => {
  it('is asked again', async () => {
    room.mirror.break({ at: '/api/', times: ATTEMPTS - 1, status: 429, headers: { 'retry-after': '0' } });

    expect(await room.pull(room.openModels())).toMatchObject({ state: 'ready' });
  });

  it('is not waited for when it names a time that is too long', async () => {
    room.mirror.break({ at: '/api/', times: 100, status: 429, headers: { 'retry-after': '86400' } });

    expect(await room.pull(room.openModels())).toMatchObject({
      state: 'failed',
      error: { code: 'hub_rate_limited' },
    });
    expect(room.mirror.requests.length).toBe(1);
  });
});
