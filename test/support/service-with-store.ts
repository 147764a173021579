import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { openOnServer, type TestDatabase } from './databases.js';
import { longRecording } from './long-recording.js';
import { startObjectStore, type ObjectStore } from './object-store.js';
import { startService, type RunningService } from './start-service.js';

/** Where recordings lie. */
export const STORES = ['a folder', 'an S3 server'] as const;

/** A service without a worker, whose database and whose blobs tests can look at. */
export class ServiceWithStore {
  private constructor(
    readonly database: TestDatabase,
    readonly service: RunningService,
    private readonly objects: ObjectStore | null,
  ) {}

  static async open(
    store: (typeof STORES)[number],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ServiceWithStore> {
    const database = await openOnServer();
    const objects = store === 'a folder' ? null : await startObjectStore();
    const service = await startService({
      env: { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false', ...objects?.settings, ...env },
    });
    return new ServiceWithStore(database, service, objects);
  }

  get url(): string {
    return this.service.url;
  }

  async countBlobs(): Promise<number> {
    return (await this.listBlobs()).length;
  }

  async listBlobs(): Promise<string[]> {
    const folder = this.objects?.folder ?? join(this.service.dataDir, 'blobs');
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.name.includes('probe'));
    return files.map(({ name }) => name).toSorted();
  }

  async close(): Promise<void> {
    await this.service.stop();
    await this.objects?.stop();
    await this.database.close();
  }
}

/** For all tests of a suite: a service that takes uploads in several requests, and a recording of four chunks for it. */
export function openForUploads(
  store: Parameters<typeof ServiceWithStore.open>[0],
  take: (opened: { service: ServiceWithStore; recording: Buffer<ArrayBuffer> }) => void,
): void {
  let service: ServiceWithStore;
  beforeAll(async () => {
    service = await ServiceWithStore.open(store, { MAX_UPLOAD_MB: '20' });
    take({ service, recording: await longRecording(3 * 2 ** 20 + 1000) });
  }, 90_000);
  afterAll(async () => {
    await service.close();
  });
}
