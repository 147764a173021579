import { randomBytes } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { BlobMissingError } from '../../src/modules/uploads/blobs/blob-store.port.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import { openFilesystem } from '../support/blob-stores.js';

const ids = new UuidV7Generator();

it('blobs in a folder are away, and not missing, while their disk is', async () => {
  const opened = await openFilesystem();
  const { store, dataDir } = opened;
  const [key, other, root] = [ids.next(), ids.next(), join(dataDir, 'blobs')];
  await store.put(key, Readable.from([randomBytes(10)]));
  await rename(root, `${root}.away`);
  const attempts: (() => Promise<unknown>)[] = [
    () => store.read(key),
    () => store.openLocal(key),
    () => store.salvage(key),
    () => store.freeBytes(),
    () => store.assertWritable(),
    () => store.put(other, Readable.from([randomBytes(10)])),
  ];
  for (const attempt of attempts)
    await expect(attempt()).rejects.toMatchObject({ code: 'storage_unavailable', retryAfter: 5 });
  await rename(`${root}.away`, root);

  await expect(store.read(other)).rejects.toThrow(BlobMissingError);
  await (await store.openLocal(key)).release();
  await opened.close();
});
