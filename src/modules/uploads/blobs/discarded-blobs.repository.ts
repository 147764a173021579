import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { ASK_FOR_BACKUP } from '../../../platform/database/dump/backup-lock.js';
import { DiscardedBlob } from './discarded-blob.entity.js';

const PAGE = 1000;

@Injectable()
export class DiscardedBlobsRepository {
  constructor(private readonly em: EntityManager) {}

  /** Writes into the transaction that is open. */
  async add(keys: readonly string[], discardedAt: Date): Promise<void> {
    const blobs = [...new Set(keys)].map((blobKey) => ({ blobKey, discardedAt }));
    if (blobs.length > 0) await this.em.upsertMany(DiscardedBlob, blobs, { onConflictAction: 'ignore' });
  }

  async list(): Promise<string[]> {
    const blobs = await this.em.find(
      DiscardedBlob,
      {},
      { orderBy: { discardedAt: 'asc' }, limit: PAGE, disableIdentityMap: true },
    );
    return blobs.map(({ blobKey }) => blobKey);
  }

  async remove(keys: readonly string[]): Promise<void> {
    await this.em.nativeDelete(DiscardedBlob, { blobKey: { $in: [...keys] } });
  }

  async isBackupRunning(): Promise<boolean> {
    const [answer] = await this.em.execute<{ free: boolean }[]>(ASK_FOR_BACKUP);
    return answer?.free !== true;
  }
}
