import { cp, mkdir, readdir, rename } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DownloadFolders } from '../../src/modules/transcription/models/pull/download-folders.js';
import {
  DECODER,
  LARGE_FILE,
  MINIATURE_DIR,
  miniatureSize,
  PULLED_FILES,
  TINY_EN,
} from '../support/miniature-model.js';
import { ModelRoom } from '../support/model-room.js';
import { waitFor } from '../support/wait-for.js';

let room: ModelRoom;

beforeEach(async () => {
  room = await ModelRoom.open();
});

afterEach(async () => {
  await room.close();
});

describe('two processes', () => {
  it('that pull the same model fetch it once', async () => {
    room.mirror.break({ at: LARGE_FILE, times: 100, pauseMs: 30 });
    const [first, second] = [room.openModels(), room.openModels()];

    const both = await Promise.all([room.pull(first), room.pull(second)]);

    expect(both.map(({ state }) => state)).toEqual(['ready', 'ready']);
    for (const file of PULLED_FILES) {
      expect(room.mirror.contentRequests(`/${file}`).map(({ sent }) => sent)).toEqual([
        await miniatureSize(file),
      ]);
    }
    await room.expectPulled();
  });

  it('see each other’s downloads, and do not disturb them', async () => {
    // Longer than two refusals take, each of which waits for the lock first.
    room.mirror.break({ at: LARGE_FILE, times: 100, pauseMs: 300 });
    const [first, second] = [room.openModels(), room.openModels()];
    await first.startPull('tiny');
    await waitFor(() => room.mirror.contentRequests(LARGE_FILE).length > 0);

    expect(await second.get('tiny')).toMatchObject({ state: 'downloading', error: null });
    await expect(second.cancelPull('tiny')).rejects.toMatchObject({ code: 'model_busy' });
    await expect(second.remove('tiny')).rejects.toMatchObject({ code: 'model_busy' });
    expect(await first.waitForEnd('tiny')).toMatchObject({ state: 'ready' });
  }, 20_000);

  it('pull different models at the same time', async () => {
    const [first, second] = [room.openModels(), room.openModels()];
    await Promise.all([room.pull(first, 'tiny'), room.pull(second, 'tiny.en')]);

    await room.expectPulled('tiny');
    await room.expectPulled('tiny.en');
    expect(room.mirror.requests.some(({ path: asked }) => asked.includes(TINY_EN))).toBe(true);
  });
});

describe('an installation that must not go to the hub', () => {
  it('refuses to pull and asks nobody', async () => {
    const models = room.openModels({ MODEL_HUB_OFFLINE: 'true' });

    await expect(models.startPull('tiny')).rejects.toMatchObject({ code: 'hub_offline' });
    expect(room.mirror.requests).toEqual([]);
    expect(await models.get('tiny')).toMatchObject({ state: 'available' });
  });

  it('knows models that were copied by hand', async () => {
    await cp(MINIATURE_DIR, room.path('whisper-large-v3'), { recursive: true });
    const models = room.openModels({ MODEL_HUB_OFFLINE: 'true' });

    const copied = { state: 'ready', commit: null, pulledAt: null, bundled: false };
    expect(await models.get('large-v3')).toMatchObject(copied);
    expect(await models.get('large')).toMatchObject({ ...copied, aliasOf: 'large-v3' });
  });
});

describe('removing a model', () => {
  it('deletes its folder', async () => {
    const models = room.openModels();
    await room.pull(models);
    await models.remove('tiny');

    expect(await models.get('tiny')).toMatchObject({ state: 'available', sizeBytes: null });
    expect(await readdir(room.path())).toEqual(['.downloads']);
    expect(await room.downloads()).toEqual([]);
  });

  it('does not give up when somebody has its lock for a moment, to look at it', async () => {
    const models = room.openModels();
    await room.pull(models);
    const folders = new DownloadFolders(room.path());
    const lock = await folders.tryLock('tiny');
    const removal = models.remove('tiny');
    const outcome = expect(removal).resolves.toBeUndefined();
    // Each takes as long as the removal takes to find the lock held.
    for (let look = 0; look < 3; look++) expect(await folders.isLocked('tiny')).toBe(true);
    await lock?.release();

    await outcome;
    expect(await models.get('tiny')).toMatchObject({ state: 'available' });
  });

  it('deletes also what another process has finished while the lock was awaited', async () => {
    room.mirror.break({ at: DECODER, times: 100, status: 404 });
    const models = room.openModels();
    await room.pull(models);
    await cp(MINIATURE_DIR, room.outside('finished'), { recursive: true });
    const lock = await new DownloadFolders(room.path()).tryLock('tiny');
    const removal = models.remove('tiny');
    const outcome = expect(removal).resolves.toBeUndefined();
    await rename(room.outside('finished'), room.path('whisper-tiny'));
    await lock?.release();

    await outcome;
    expect(await models.get('tiny')).toMatchObject({ state: 'available' });
    expect(await readdir(room.path())).toEqual(['.downloads']);
  });

  it('deletes what is left of a download, and a folder that is no model', async () => {
    room.mirror.break({ at: DECODER, times: 100, status: 404 });
    const models = room.openModels();
    await room.pull(models);
    await models.remove('tiny');
    await mkdir(room.path('whisper-small'), { recursive: true });
    await models.remove('small');

    expect(await models.get('tiny')).toMatchObject({ state: 'available', error: null });
    expect(await readdir(room.path())).toEqual(['.downloads']);
    expect(await room.downloads()).toEqual([]);
  });

  it('is refused for the bundled one, but not for a copy in its place', async () => {
    const models = room.openModels();
    await expect(models.remove('base')).rejects.toMatchObject({ code: 'model_bundled' });
    await cp(MINIATURE_DIR, room.path('whisper-base'), { recursive: true });
    expect(await models.get('base')).toMatchObject({ state: 'ready', bundled: false });
    await models.remove('base');

    expect(await models.get('base')).toMatchObject({ state: 'ready', bundled: true });
  });

  it('is refused for one that is not here, is being pulled or does not exist', async () => {
    room.mirror.break({ at: LARGE_FILE, times: 100, pauseMs: 50 });
    const models = room.openModels();
    await models.startPull('tiny');

    await expect(models.remove('tiny')).rejects.toMatchObject({ code: 'model_busy' });
    await expect(models.remove('small')).rejects.toMatchObject({ code: 'model_not_ready' });
    await expect(models.remove('huge')).rejects.toMatchObject({ code: 'model_unknown' });
  });
});
