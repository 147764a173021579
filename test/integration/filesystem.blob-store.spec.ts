import { createHash, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FilesystemBlobStore } from '../../src/modules/uploads/adapters/filesystem.blob-store.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';

const ids = new UuidV7Generator();

describe('FilesystemBlobStore', () => {
  let root: string;
  let store: FilesystemBlobStore;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'blobs-'));
    store = new FilesystemBlobStore(root, ids, new SystemClock());
    await store.prepare();
  });

  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('keeps what was streamed in, with its size and hash', async () => {
    const bytes = randomBytes(300_000);
    const staged = await store.stage(Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]));
    const key = ids.next();
    await store.commit(staged, key);

    const local = await store.openLocal(key);
    expect(await readFile(local.path)).toEqual(bytes);
    expect(staged).toMatchObject({
      sizeBytes: 300_000,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    await local.release();
  });

  it('keeps recordings from other users of the machine', async () => {
    const staged = await store.stage(Readable.from([Buffer.from('private')]));
    const local = await store.openStaged(staged);

    expect((await stat(local.path)).mode & 0o077).toBe(0);
  });

  it('leaves nothing of a stream that breaks off', async () => {
    async function* breaking(): AsyncGenerator<Buffer> {
      yield randomBytes(100_000);
      await Promise.reject(new Error('the client is gone'));
    }

    await expect(store.stage(Readable.from(breaking()))).rejects.toThrow('the client is gone');
    expect(await readdir(join(root, 'staging'))).toEqual([]);
  });

  it('leaves nothing of streams that break off before their first byte', async () => {
    const broken = Array.from({ length: 20 }, () => {
      const stream = new PassThrough();
      const staged = store.stage(stream);
      stream.destroy(new Error('the client is gone'));
      return staged;
    });

    for (const result of await Promise.allSettled(broken)) expect(result.status).toBe('rejected');
    expect(await readdir(join(root, 'staging'))).toEqual([]);
  });

  it('finds nothing under a key before it is committed, nor after it is deleted', async () => {
    const key = ids.next();
    const staged = await store.stage(Readable.from([Buffer.from('x')]));
    await expect(store.openLocal(key)).rejects.toThrow();

    await store.commit(staged, key);
    await store.delete(key);
    await expect(store.openLocal(key)).rejects.toThrow();
  });

  it.each(['../../etc/passwd', '..', '', 'a/b', `${'0'.repeat(33)}../`])(
    'never goes to the path %p',
    async (key) => {
      await expect(store.delete(key)).rejects.toThrow('Not a blob key');
    },
  );

  it('removes what a killed process left behind, but not what is on its way', async () => {
    const old = join(root, 'staging', 'old');
    await writeFile(old, 'x');
    await utimes(old, 0, 0);
    await writeFile(join(root, 'staging', 'new'), 'x');
    await store.prepare();

    expect(await readdir(join(root, 'staging'))).toEqual(['new']);
  });

  it('says that the disk is full, and leaves nothing half written', () => {
    // A real small disk, in a mount namespace of its own, which a normal user may make too and which ends with its process.
    const unshare = process.getuid?.() === 0 ? ['-m'] : ['-rm'];
    const mountAndRun = 'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" --import "$3" "$4" "$1"';
    const support = fileURLToPath(new URL('../support/', import.meta.url));
    const report = execFileSync(
      'unshare',
      [
        ...unshare,
        'sh',
        '-c',
        mountAndRun,
        'sh',
        root,
        process.execPath,
        `${support}run-sources.mjs`,
        `${support}full-disk.ts`,
      ],
      { encoding: 'utf8' },
    );

    expect(JSON.parse(report)).toEqual({ code: 'storage_full', left: [], writableAfterwards: true });
  });
});
