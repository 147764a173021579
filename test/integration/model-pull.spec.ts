import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DECODER,
  LARGE_FILE,
  miniatureSize,
  PULLED_FILES,
  readMiniature,
  TINY,
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

describe('a pull', () => {
  it('brings the files of one commit, with their sums and a record of where they came from', async () => {
    const model = await room.pull(room.openModels());

    await room.expectPulled();
    const commit = room.mirror.commitOf(TINY);
    expect(model).toMatchObject({
      state: 'ready',
      revision: 'main',
      commit,
      bundled: false,
      repository: TINY,
    });
    const record = JSON.parse(await readFile(room.path('whisper-tiny', 'model.json'), 'utf8')) as unknown;
    expect(record).toMatchObject({ name: 'tiny', repository: TINY, revision: 'main', commit });
    const sums = (await readFile(room.path('whisper-tiny', 'SHA256SUMS'), 'utf8')).trim().split('\n');
    expect(sums.length).toBe(PULLED_FILES.length);
    for (const line of sums) {
      const [sum, name = ''] = line.split('  ');
      expect(sum).toBe(
        createHash('sha256')
          .update(await readMiniature(name))
          .digest('hex'),
      );
    }
  });

  it('asks for content by commit only, and for nothing that the model does not need', async () => {
    await room.pull(room.openModels());

    const content = room.mirror.requests.filter(({ path: asked }) => !asked.startsWith('/api/'));
    for (const { path: asked } of content) expect(asked).toContain(`/resolve/${room.mirror.commitOf(TINY)}/`);
    expect(content.filter(({ path: asked }) => /fp16|variants/.test(asked))).toEqual([]);
  });

  it('reads a listing of many pages, whose links lead to the hub that is mirrored', async () => {
    await room.reopenHub({ pageSize: 2 });

    expect(await room.pull(room.openModels())).toMatchObject({ state: 'ready' });
  });

  it('takes the revision that is set', async () => {
    expect(await room.pull(room.openModels({ MODEL_REVISION: 'refs/pr/1' }))).toMatchObject({
      state: 'ready',
      revision: 'refs/pr/1',
    });
    expect(room.mirror.requests[0]?.path).toBe(`/api/models/${TINY}/revision/refs/pr/1`);
  });

  it('sends its token to the hub, but not to the host that the hub sends it to', async () => {
    await room.reopenHub({ token: 'hf_secret' });

    expect(await room.pull(room.openModels())).toMatchObject({
      state: 'failed',
      error: { code: 'hub_refused' },
    });
    expect(await room.pull(room.openModels({ MODEL_HUB_TOKEN: 'hf_secret' }))).toMatchObject({
      state: 'ready',
    });
    const elsewhere = room.mirror.requests.filter(({ server }) => server === 'cdn');
    expect(elsewhere.length).toBeGreaterThan(0);
    for (const { authorization } of elsewhere) expect(authorization).toBeNull();
  });

  it('does nothing for a model that is here', async () => {
    const models = room.openModels();
    await room.pull(models);
    const asked = room.mirror.requests.length;

    expect(await models.startPull('tiny')).toMatchObject({ state: 'ready' });
    expect(await models.startPull('base')).toMatchObject({ state: 'ready', bundled: true });
    expect(room.mirror.requests.length).toBe(asked);
  });

  it('takes the place of a folder that is no model', async () => {
    await mkdir(room.path('whisper-tiny'), { recursive: true });
    await writeFile(room.path('whisper-tiny', 'config.json'), '{}');

    expect(await room.pull(room.openModels())).toMatchObject({ state: 'ready', reason: null });
    await room.expectPulled();
  });
});

describe('a pull that failed', () => {
  it('tells the next process why, and is forgotten when it is pulled again', async () => {
    room.mirror.break({ at: DECODER, times: 100, status: 404 });
    const { error } = await room.pull(room.openModels());
    expect(error).toMatchObject({ code: 'hub_file_missing', detail: expect.stringContaining(DECODER) });
    expect(await room.openModels().get('tiny')).toMatchObject({ state: 'failed', error });

    room.mirror.break({ at: DECODER, times: 100, pauseMs: 500 });
    const again = room.openModels();
    await again.startPull('tiny');
    await waitFor(() => room.mirror.contentRequests(DECODER).some(({ sent }) => sent > 0));
    again.onModuleDestroy();
    await again.beforeApplicationShutdown();
    expect(await room.openModels().get('tiny')).toMatchObject({ error: { code: 'download_interrupted' } });

    room.mirror.break();
    expect(await room.pull(room.openModels())).toMatchObject({ state: 'ready', error: null });
    expect(await readdir(room.path('whisper-tiny'))).not.toContain('failure.json');
  });
});

describe('a pull that is stopped', () => {
  async function stopMidway(): Promise<number> {
    room.mirror.break({ at: LARGE_FILE, times: 100, pauseMs: 50 });
    const models = room.openModels();
    await models.startPull('tiny');
    await waitFor(() => room.mirror.contentRequests(LARGE_FILE).some(({ sent }) => sent > 30_000));
    expect(await models.get('tiny')).toMatchObject({ state: 'downloading', error: null });
    models.onModuleDestroy();
    await models.beforeApplicationShutdown();
    room.mirror.break();
    const [download = ''] = await room.downloads();
    return (await stat(room.path('.downloads', download, `${LARGE_FILE}.part`))).size;
  }

  it('is listed as failed, with what is there, and goes on from that byte', async () => {
    const kept = await stopMidway();
    const models = room.openModels();

    const failed = await models.get('tiny');
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'download_interrupted' } });
    expect(failed.progress?.doneBytes).toBeGreaterThanOrEqual(kept);
    expect(failed.progress?.totalBytes).toBe(failed.sizeBytes);
    expect(await room.pull(models)).toMatchObject({ state: 'ready' });
    expect(room.mirror.contentRequests(LARGE_FILE).at(-1)).toMatchObject({
      range: `bytes=${kept}-`,
      sent: (await miniatureSize(LARGE_FILE)) - kept,
    });
    await room.expectPulled();
  });

  it('begins anew when the branch has moved on meanwhile, and leaves nothing of the old commit', async () => {
    await stopMidway();
    room.mirror.advance();

    expect(await room.pull(room.openModels())).toMatchObject({
      state: 'ready',
      commit: room.mirror.commitOf(TINY),
    });
    expect(room.mirror.contentRequests(LARGE_FILE).at(-1)?.range).toBeNull();
    await room.expectPulled();
  });

  it('notices when what was kept is not what it should be', async () => {
    const kept = await stopMidway();
    const [download = ''] = await room.downloads();
    await writeFile(room.path('.downloads', download, `${LARGE_FILE}.part`), Buffer.alloc(kept));
    const models = room.openModels();

    expect(await room.pull(models)).toMatchObject({ error: { code: 'model_checksum_mismatch' } });
    expect(await room.pull(models)).toMatchObject({ state: 'ready' });
    await room.expectPulled();
  });

  it('leaves nothing when it is cancelled', async () => {
    room.mirror.break({ at: LARGE_FILE, times: 100, pauseMs: 50 });
    const models = room.openModels();
    await models.startPull('tiny');
    await waitFor(() => room.mirror.contentRequests(LARGE_FILE).length > 0);

    expect(await models.cancelPull('tiny')).toMatchObject({
      state: 'available',
      error: null,
      progress: null,
    });
    expect(await room.downloads()).toEqual([]);
    expect(await models.cancelPull('tiny')).toMatchObject({ state: 'available' });
  });
});
