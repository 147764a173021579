import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openBlobStore } from '../../src/modules/uploads/blobs/adapters/open-blob-store.js';
import type { BlobStore } from '../../src/modules/uploads/blobs/blob-store.port.js';
import { loadAppConfig } from '../../src/platform/config/app-config.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import { startObjectStore } from './object-store.js';

export interface OpenedStore {
  readonly store: BlobStore;
  readonly dataDir: string;
  close(): Promise<void>;
}

/** The two places where recordings can lie; what is true of one must be true of the other. */
export const BLOB_STORES = [
  ['a folder', openFilesystem],
  ['an S3 server', openS3],
] as const;

async function open(settings: Readonly<Record<string, string>>): Promise<OpenedStore> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'blobs-'));
  const config = loadAppConfig({ DATA_DIR: dataDir, ...settings }, false);
  const store = await openBlobStore(config, new UuidV7Generator(), new SystemClock());
  return { store, dataDir, close: () => rm(dataDir, { recursive: true, force: true }) };
}

export function openFilesystem(): Promise<OpenedStore> {
  return open({});
}

export async function openS3(): Promise<OpenedStore> {
  const server = await startObjectStore();
  const opened = await open({ ...server.settings, S3_PREFIX: 'some/where' });
  return {
    ...opened,
    close: async () => {
      await opened.close();
      await server.stop();
    },
  };
}

/** Copies, as the buffers that are put are the store's; those over half a pool are not shared with others. */
export function inPieces(bytes: Buffer): Buffer<ArrayBuffer>[] {
  const size = Math.ceil(bytes.length / 30);
  return Array.from({ length: size === 0 ? 0 : 30 }, (_, piece) =>
    Buffer.from(bytes.subarray(piece * size, (piece + 1) * size)),
  );
}
