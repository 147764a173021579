import { createHash, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { open, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BlobMissingError, type BlobStore } from '../../src/modules/uploads/blobs/blob-store.port.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import { BLOB_STORES, inPieces, openFilesystem, type OpenedStore } from '../support/blob-stores.js';
import { startObjectStore, type ObjectStore } from '../support/object-store.js';
import { countingSource } from '../support/counting-source.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';
import { onSmallDisk } from '../support/small-disk.js';
import { HashingThreads } from '../../src/modules/uploads/blobs/adapters/hashing/hashing-threads.js';
import { StagedHash } from '../../src/modules/uploads/blobs/adapters/hashing/staged-hash.js';
import { DirectMemory } from '../../src/modules/uploads/blobs/adapters/staging/direct-memory.js';
import { StagedFileStream } from '../../src/modules/uploads/blobs/adapters/staging/staged-file.stream.js';
import { openBlobStore } from '../../src/modules/uploads/blobs/adapters/open-blob-store.js';
import { loadAppConfig } from '../../src/platform/config/app-config.js';

const ids = new UuidV7Generator();
const MIB = 2 ** 20;

async function keysOf(store: BlobStore, before = new Date(Date.now() + 60_000)): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.keysStoredBefore(before)) keys.push(key);
  return keys.toSorted();
}

/** With it there are no direct writes, which are others to a pipe. */
function memoryInUse(): DirectMemory {
  const memory = new DirectMemory();
  while (memory.take() !== undefined);
  return memory;
}

describe.each(BLOB_STORES)('blobs in %s', (_name, openStore) => {
  let opened: OpenedStore;
  let store: BlobStore;

  beforeAll(async () => {
    opened = await openStore();
    store = opened.store;
  }, 60_000);

  afterAll(async () => {
    await opened.close();
  });

  async function put(bytes: Buffer): Promise<string> {
    const key = ids.next();
    await store.put(key, Readable.from(inPieces(bytes)));
    return key;
  }

  it.each([0, 1, 300_000, 8 * MIB, 9 * MIB, 20 * MIB + 1])(
    'of %d bytes come back as they were',
    async (size) => {
      const bytes = randomBytes(size);
      const key = ids.next();
      const content = await store.put(key, Readable.from(inPieces(bytes)));

      expect(content).toEqual({ sizeBytes: size, sha256: createHash('sha256').update(bytes).digest('hex') });
      expect((await buffer(await store.read(key))).equals(bytes)).toBe(true);
      const local = await store.openLocal(key);
      expect((await readFile(local.path)).equals(bytes)).toBe(true);
      expect((await stat(local.path)).mode & 0o077).toBe(0);
      await local.release();
    },
  );

  it('are read by ranges, both ends included', async () => {
    const bytes = randomBytes(100_000);
    const key = await put(bytes);

    for (const [start, end] of [
      [0, 0],
      [0, 99_999],
      [5, 5000],
      [99_999, 99_999],
    ] as const) {
      expect(await buffer(await store.read(key, { start, end }))).toEqual(bytes.subarray(start, end + 1));
    }
  });

  it('are not there before they are put, nor after they are deleted, which may be said twice', async () => {
    const key = ids.next();
    await expect(store.openLocal(key)).rejects.toThrow(BlobMissingError);
    await expect(store.read(key)).rejects.toThrow(BlobMissingError);

    await store.put(key, Readable.from([Buffer.from('x')]));
    await store.delete(key);
    await store.delete(key);
    await expect(store.openLocal(key)).rejects.toThrow(BlobMissingError);
    await expect(store.read(key)).rejects.toThrow(BlobMissingError);
    expect(await keysOf(store)).not.toContain(key);
  });

  it.each([0, 100_000, 20 * MIB])(
    'leave nothing of a stream that breaks off after %d bytes',
    async (size) => {
      async function* breaking(): AsyncGenerator<Buffer> {
        if (size > 0) yield randomBytes(size);
        await Promise.reject(new Error('the client is gone'));
      }
      const before = await keysOf(store);
      const key = ids.next();

      await expect(store.put(key, Readable.from(breaking()))).rejects.toThrow('the client is gone');
      await expect(store.read(key)).rejects.toThrow(BlobMissingError);
      expect(await keysOf(store)).toEqual(before);
    },
  );

  it('leave nothing of streams that are destroyed before their first byte', async () => {
    const before = await keysOf(store);
    const broken = Array.from({ length: 20 }, () => {
      const stream = new PassThrough();
      const stored = store.put(ids.next(), stream);
      stream.destroy(new Error('the client is gone'));
      return stored;
    });

    for (const result of await Promise.allSettled(broken)) expect(result.status).toBe('rejected');
    expect(await keysOf(store)).toEqual(before);
  });

  it('are read no faster than they are taken', async () => {
    const key = ids.next();
    await store.put(key, countingSource(64, MIB).stream);
    const stream = await store.read(key);
    let taken = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      taken += chunk.length;
      expect(stream.readableLength).toBeLessThan(4 * MIB);
    }
    expect(taken).toBe(64 * MIB);
  });

  it('are listed with those that are old enough only', async () => {
    const key = await put(Buffer.from('x'));

    expect(await keysOf(store)).toContain(key);
    expect(await keysOf(store, new Date(Date.now() - 60_000))).toEqual([]);
  });

  it('can be put by many at the same moment', async () => {
    const many = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const bytes = randomBytes(200_000);
        return { key: await put(bytes), hash: createHash('sha256').update(bytes).digest('hex') };
      }),
    );

    for (const { key, hash } of many) {
      const read = await buffer(await store.read(key));
      expect(createHash('sha256').update(read).digest('hex')).toBe(hash);
    }
  });

  it('can be written, says the store', async () => {
    await expect(store.assertWritable()).resolves.toBeUndefined();
    expect(await keysOf(store)).not.toContain(expect.stringContaining('probe'));
  });

  it('that are on their way are not swept', async () => {
    const stream = new PassThrough();
    const key = ids.next();
    const stored = store.put(key, stream);
    stream.write(Buffer.alloc(9 * MIB));
    await store.removeUnfinished(new Date(Date.now() - 60_000));
    stream.end(Buffer.alloc(MIB));
    await stored;

    expect((await buffer(await store.read(key))).length).toBe(10 * MIB);
  });

  it.each(['../../etc/passwd', '..', '', 'a/b', `${'0'.repeat(33)}../`])(
    'never have the key %p',
    async (key) => {
      await expect(store.delete(key)).rejects.toThrow('Not a blob key');
      await expect(store.put(key, Readable.from([]))).rejects.toThrow('Not a blob key');
      await expect(store.read(key)).rejects.toThrow('Not a blob key');
    },
  );
});

describe('blobs in a folder', () => {
  let opened: OpenedStore;
  let staging: string;

  beforeEach(async () => {
    opened = await openFilesystem();
    staging = join(opened.dataDir, 'blobs', 'staging');
  });

  afterEach(async () => {
    await opened.close();
  });

  it('are received no faster than the disk takes them', async () => {
    const slowDisk = join(opened.dataDir, 'pipe');
    execFileSync('mkfifo', [slowDisk]);
    const disk = await open(slowDisk, 'r+');
    const source = countingSource(64, MIB);
    // Who reads the pipe to hash it takes from it, so that another file is hashed.
    const hashed = join(opened.dataDir, 'hashed');
    await writeFile(hashed, '');
    await truncate(hashed, 64 * MIB);
    const hash = new StagedHash(hashed, new HashingThreads());
    const writing = new StagedFileStream(await open(slowDisk, 'r+'), slowDisk, hash, memoryInUse());
    const stored = pipeline(source.stream, writing);
    // A pipe cannot be flushed to a disk.
    const ended = expect(stored).rejects.toMatchObject({ code: 'EINVAL' });

    const taking = Buffer.alloc(MIB);
    for (let taken = 0; taken < 64 * MIB;) {
      taken += (await disk.read(taking)).bytesRead;
      expect(source.made() * MIB - taken).toBeLessThanOrEqual(6 * MIB);
    }
    await ended;
    await disk.close();
  });

  it('leave nothing in the staging folder', async () => {
    await opened.store.put(ids.next(), Readable.from([Buffer.from('x')]));
    const broken = new PassThrough();
    const stored = opened.store.put(ids.next(), broken);
    broken.write(randomBytes(100_000));
    broken.destroy(new Error('the client is gone'));
    await expect(stored).rejects.toThrow('the client is gone');

    expect(await readdir(staging)).toEqual([]);
  });

  it('that a killed process left behind are removed, but not those on their way', async () => {
    await writeFile(join(staging, 'old'), 'x');
    await utimes(join(staging, 'old'), 0, 0);
    await writeFile(join(staging, 'new'), 'x');
    await opened.store.removeUnfinished(new Date(Date.now() - 60_000));

    expect(await readdir(staging)).toEqual(['new']);
  });

  it.each([1, 12])('say that a disk of %d MiB is full, and leave nothing half written', (mib) => {
    const support = fileURLToPath(new URL('../support/', import.meta.url));
    const [program = '', ...args] = onSmallDisk(opened.dataDir, mib);
    const report = execFileSync(
      program,
      [
        ...args,
        process.execPath,
        '--import',
        `${support}run-sources.mjs`,
        `${support}full-disk.ts`,
        opened.dataDir,
        String(mib * MIB + 1),
      ],
      { encoding: 'utf8' },
    );

    expect(JSON.parse(report)).toEqual({ code: 'storage_full', left: [], writableAfterwards: true });
  });
});

describe('a store that speaks S3', () => {
  let server: ObjectStore;

  beforeAll(async () => {
    server = await startObjectStore();
  });

  afterAll(async () => {
    await server.stop();
  });

  async function openWith(settings: Readonly<Record<string, string>>): Promise<BlobStore> {
    const config = loadAppConfig(
      { DATA_DIR: join(server.folder, '..', 'data'), ...server.settings, ...settings },
      false,
    );
    return openBlobStore(config, ids, new SystemClock());
  }

  it('makes no local copy that would take what is to stay free of the disk', async () => {
    const store = await openWith({ MIN_FREE_DISK_MB: '100000000' });
    const key = ids.next();
    await store.put(key, Readable.from([Buffer.from('sound')]));

    await expect(store.openLocal(key)).rejects.toMatchObject({ code: 'storage_full' });
  });

  it('ends a copy at once that nobody wants any more, also while the server is silent', async () => {
    const key = ids.next();
    const bytes = randomBytes(20 * MIB);
    await (await openWith({})).put(key, Readable.from([bytes]));
    const proxy = new TcpProxy({ host: '127.0.0.1', port: server.port });
    await proxy.open();
    const store = await openWith({ S3_ENDPOINT: `http://127.0.0.1:${proxy.port}` });
    const stopping = new AbortController();
    const copying = store.openLocal(key, stopping.signal);
    copying.catch(() => undefined);
    await waitFor(() => proxy.receivedBytes > 0);
    proxy.stall();
    stopping.abort(new Error('nobody wants it'));

    await expect(copying).rejects.toThrow('nobody wants it');
    expect(await readdir(join(server.folder, '..', 'data', 'local-copies'))).toEqual([]);
    await proxy.cut();
  });

  it.each([
    ['that is away', { S3_ENDPOINT: 'http://127.0.0.1:9' }],
    ['that does not know the key', { S3_SECRET_ACCESS_KEY: 'another-secret-key-00000000000000000000' }],
    ['that has no such bucket', { S3_BUCKET: 'elsewhere' }],
  ])(
    '%s is told of without its address',
    async (_name, settings) => {
      const store = await openWith(settings);
      const failing = [store.assertWritable(), store.put(ids.next(), Readable.from([Buffer.from('x')]))];

      for (const result of await Promise.allSettled(failing)) {
        expect(result).toMatchObject({
          status: 'rejected',
          reason: {
            code: 'storage_unavailable',
            detail: 'The store of recordings cannot be reached.',
            retryAfter: 5,
          },
        });
      }
    },
    60_000,
  );

  it('keeps its objects under the prefix', async () => {
    const store = await openWith({ S3_PREFIX: 'a/b' });
    const key = ids.next();
    await store.put(key, Readable.from([Buffer.from('x')]));

    expect(await readdir(join(server.folder, 'a', 'b'))).toContain(key);
    expect(await keysOf(await openWith({ S3_PREFIX: 'c' }))).toEqual([]);
  });
});
