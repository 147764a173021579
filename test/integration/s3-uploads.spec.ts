import { readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openBlobStore } from '../../src/modules/uploads/blobs/adapters/open-blob-store.js';
import type { BlobStore } from '../../src/modules/uploads/blobs/blob-store.port.js';
import { loadAppConfig } from '../../src/platform/config/app-config.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import { countingSource } from '../support/counting-source.js';
import { startObjectStore, type ObjectStore } from '../support/object-store.js';
import { SlowServer } from '../support/slow-server.js';
import { waitFor } from '../support/wait-for.js';

const ids = new UuidV7Generator();
const MIB = 2 ** 20;

interface UnfinishedUpload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

/** Stores date by seconds. */
async function nextSecond(): Promise<Date> {
  const next = new Date(Math.floor(Date.now() / 1000) * 1000 + 2000);
  await waitFor(() => Date.now() > next.getTime());
  return next;
}

describe('a store that speaks S3', () => {
  let server: ObjectStore;

  beforeEach(async () => {
    server = await startObjectStore();
  });

  afterEach(async () => {
    await server.stop();
  });

  async function openWith(settings: Readonly<Record<string, string>>): Promise<BlobStore> {
    const dataDir = join(server.folder, '..', 'data');
    return openBlobStore(
      loadAppConfig({ DATA_DIR: dataDir, ...server.settings, ...settings }, false),
      ids,
      new SystemClock(),
    );
  }

  it('keeps the local copies of other processes with the same data folder', async () => {
    const store = await openWith({});
    const key = ids.next();
    await store.put(key, Readable.from([Buffer.from('x')]));
    const [used, left] = [await store.openLocal(key), await store.openLocal(key)];
    await utimes(left.path, 0, 0);
    await openWith({});

    expect(await readFile(used.path, 'utf8')).toBe('x');
    await expect(stat(left.path)).rejects.toThrow('ENOENT');
  });

  it('is cleared of uploads that nobody goes on with, but not of those that are still written', async () => {
    const store = await openWith({ S3_PREFIX: 'unfinished' });
    const client = server.connect();
    const begin = async (): Promise<UnfinishedUpload> => {
      const object = { Bucket: server.bucket, Key: `unfinished/${ids.next()}` };
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
      return { ...object, UploadId };
    };
    const written = await begin();
    for (let count = 0; count < 20; count += 1) await begin();
    const middle = await nextSecond();
    await client.send(new UploadPartCommand({ ...written, PartNumber: 1, Body: 'x' }));
    await store.removeUnfinished(middle);

    const { Uploads = [] } = await client.send(
      new ListMultipartUploadsCommand({ Bucket: server.bucket, Prefix: 'unfinished/' }),
    );
    expect(Uploads.map(({ UploadId }) => UploadId)).toEqual([written.UploadId]);
    client.destroy();
  });

  it('has as few parts in memory as it may, however many uploads wait for it', async () => {
    const slow = await SlowServer.before(server.port);
    const store = await openWith({ S3_ENDPOINT: slow.url });
    const sources = Array.from({ length: 20 }, () => countingSource(40, MIB));
    const stored = sources.map(({ stream }) => store.put(ids.next(), stream));
    await waitFor(() => slow.held === 8);
    slow.goOn();
    await Promise.all(stored);

    expect(slow.mostHeld).toBe(8);
    await slow.close();
  });

  it('takes bytes no faster than it can send them', async () => {
    const slow = await SlowServer.before(server.port);
    const store = await openWith({ S3_ENDPOINT: slow.url });
    const source = countingSource(64, MIB);
    const key = ids.next();
    const stored = store.put(key, source.stream);
    for (let part = 1; part <= 8; part += 1) {
      await waitFor(() => slow.held === 1);
      // Three parts: on its way, full, and being filled.
      expect(source.made()).toBeLessThanOrEqual((part + 2) * 8 + 2);
      slow.letPass();
    }
    slow.goOn();
    await stored;

    expect((await buffer(await store.read(key))).length).toBe(64 * MIB);
    await slow.close();
  });
});
