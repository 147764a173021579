import { Inject, Injectable, Logger } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Clock, DAY_MS } from '../../../platform/runtime/clock.js';
import { BlobReferencesRegistry } from './blob-references.registry.js';
import { BLOB_STORE, type BlobStore } from './blob-store.port.js';
import { DiscardedBlobsRepository } from './discarded-blobs.repository.js';

/** Longer than any upload takes from the first byte of a blob to the row that names it. */
const ORPHAN_AFTER_MS = DAY_MS;
const PAGE = 500;

/** Deletes blobs that nothing names: those that were discarded, and those that a process left behind when it was killed. */
@Injectable()
export class BlobCollectorService {
  private readonly logger = new Logger(BlobCollectorService.name);

  constructor(
    @Inject(BLOB_STORE) private readonly blobs: BlobStore,
    private readonly discarded: DiscardedBlobsRepository,
    private readonly references: BlobReferencesRegistry,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Says in the transaction that is open that nothing names these blobs any more. */
  discard(keys: readonly string[]): Promise<void> {
    return this.discarded.add(keys, this.clock.now());
  }

  /** Deletes blobs that were discarded and committed. What fails, or a backup may still read, is left to `collectDiscarded`. */
  async deleteDiscarded(keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += PAGE) {
      try {
        const page = keys.slice(start, start + PAGE);
        if (await this.isBackupRunning()) return;
        for (const key of page) await this.blobs.delete(key);
        await this.unitOfWork.read(() => this.discarded.remove(page));
      } catch (error) {
        this.logger.warn('Blobs could not be deleted yet', { count: keys.length - start, err: error });
      }
    }
  }

  /** Deletes what was discarded and is still there. */
  async collectDiscarded(): Promise<void> {
    await this.deleteDiscarded(await this.unitOfWork.read(() => this.discarded.list()));
  }

  /**
   * Goes through the whole store.
   *
   * @returns how many blobs nothing named
   */
  async collectOrphans(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - ORPHAN_AFTER_MS);
    await this.blobs.removeUnfinished(before);
    let collected = 0;
    let page: string[] = [];
    for await (const key of this.blobs.keysStoredBefore(before)) {
      page.push(key);
      if (page.length < PAGE) continue;
      collected += await this.deleteUnreferenced(page);
      page = [];
    }
    collected += await this.deleteUnreferenced(page);
    if (collected > 0) this.logger.log('Orphaned blobs were deleted', { count: collected });
    return collected;
  }

  private async deleteUnreferenced(keys: readonly string[]): Promise<number> {
    const orphans = await this.unitOfWork.read(() => this.references.findUnreferenced(keys));
    if (orphans.length === 0 || (await this.isBackupRunning())) return 0;
    for (const key of orphans) await this.blobs.delete(key);
    return orphans.length;
  }

  private isBackupRunning(): Promise<boolean> {
    return this.unitOfWork.read(() => this.discarded.isBackupRunning());
  }
}
