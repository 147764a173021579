import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LOCAL_USER_ID } from '../../src/modules/auth/access/local-user.view.js';
import { BlobCollectorService } from '../../src/modules/uploads/blobs/blob-collector.service.js';
import { BlobReferencesRegistry } from '../../src/modules/uploads/blobs/blob-references.registry.js';
import type { BlobStore } from '../../src/modules/uploads/blobs/blob-store.port.js';
import { DiscardedBlobsRepository } from '../../src/modules/uploads/blobs/discarded-blobs.repository.js';
import { MediaFilesRepository } from '../../src/modules/uploads/media/media-files.repository.js';
import { migrateUnderLock } from '../../src/platform/database/migrate-under-lock.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';
import { openFilesystem, type OpenedStore } from '../support/blob-stores.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { openOrm } from '../support/orm.js';

const ids = new UuidV7Generator();

describe('the collector of blobs', () => {
  let database: TestDatabase;
  let orm: MikroORM;
  let opened: OpenedStore;
  let unitOfWork: UnitOfWork;
  let collector: BlobCollectorService;

  beforeAll(async () => {
    database = await openOnServer();
    await migrateUnderLock(database.url);
    orm = await openOrm(database.url);
    unitOfWork = new UnitOfWork(orm);
  });

  afterAll(async () => {
    await orm.close();
    await database.close();
  });

  beforeEach(async () => {
    opened = await openFilesystem();
    collector = openCollector(opened.store);
  });

  afterEach(async () => {
    await orm.em.fork().execute('truncate media_files, discarded_blobs cascade');
    await opened.close();
  });

  function openCollector(store: BlobStore): BlobCollectorService {
    const references = new BlobReferencesRegistry();
    const media = new MediaFilesRepository(orm.em);
    references.register((keys) => media.findReferenced(keys));
    const discarded = new DiscardedBlobsRepository(orm.em);
    return new BlobCollectorService(store, discarded, references, unitOfWork, new SystemClock());
  }

  async function put(age: 'old' | 'young'): Promise<string> {
    const key = ids.next();
    await opened.store.put(key, Readable.from([Buffer.from('x')]));
    const path = join(opened.dataDir, 'blobs', key.slice(-2), key.slice(-4, -2), key);
    if (age === 'old') await utimes(path, 0, 0);
    return key;
  }

  async function nameInRow(key: string): Promise<void> {
    await orm.em
      .fork()
      .execute(
        `insert into media_files values ('${ids.next()}', 'talk.wav', '${key}', repeat('0', 64), 1, 'wav', 'pcm_s16le', 60, 16000, 1, now(), '${LOCAL_USER_ID}')`,
      );
  }

  async function keys(): Promise<string[]> {
    const found: string[] = [];
    for await (const key of opened.store.keysStoredBefore(new Date(Date.now() + 60_000))) found.push(key);
    return found.toSorted();
  }

  it('takes what no row names, but nothing that is young or named', async () => {
    const [orphan, young, named] = [await put('old'), await put('young'), await put('old')];
    await nameInRow(named);

    expect(await collector.collectOrphans()).toBe(1);
    expect(await keys()).toEqual([young, named].toSorted());
    expect(await collector.collectOrphans()).toBe(0);
    expect(orphan).not.toBe(young);
  });

  it('takes more than fit on a page', async () => {
    const named = await put('old');
    await nameInRow(named);
    for (let i = 0; i < 1100; i += 1) await put('old');

    expect(await collector.collectOrphans()).toBe(1100);
    expect(await keys()).toEqual([named]);
  });

  it('takes what was discarded, however young, when deleting it had failed at first', async () => {
    const key = await put('young');
    const broken = Object.assign(Object.create(opened.store) as BlobStore, {
      delete: () => Promise.reject(new Error('the store is away')),
    });
    await unitOfWork.run(() => collector.discard([key, key]));
    await openCollector(broken).deleteDiscarded([key]);
    expect(await keys()).toEqual([key]);

    await collector.collectDiscarded();
    expect(await keys()).toEqual([]);
    expect(await orm.em.fork().execute('select * from discarded_blobs')).toEqual([]);
  });

  it('takes nothing whose discarding was taken back', async () => {
    const key = await put('young');
    const refused = unitOfWork.run(async () => {
      await collector.discard([key]);
      throw new Error('the request failed');
    });
    await expect(refused).rejects.toThrow('the request failed');
    await collector.collectDiscarded();

    expect(await keys()).toEqual([key]);
  });
});
