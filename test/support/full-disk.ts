import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FilesystemBlobStore } from '../../src/modules/uploads/blobs/adapters/filesystem.blob-store.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';

/** Tries to store more than the folder that is named can hold, and tells what came of it. */
const [root = '', bytes = ''] = process.argv.slice(2);
const half = randomBytes(Math.ceil(Number(bytes) / 2));
const ids = new UuidV7Generator();
const store = new FilesystemBlobStore(root, ids);
await store.prepare();
const code = await store.put(ids.next(), Readable.from([half, Buffer.from(half)])).then(
  () => 'stored',
  (error: unknown) => (error as { code?: string }).code,
);
const left = await readdir(join(root, 'staging'));
const writableAfterwards = await store.assertWritable().then(
  () => true,
  () => false,
);
process.stdout.write(JSON.stringify({ code, left, writableAfterwards }));
