import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** What the recordings of a user take, and how much they may; a limit of null is none. */
export interface StorageUsage {
  readonly bytes: number;
  readonly limit: number | null;
}

export type StorageUsageReader = (userId: string) => Promise<StorageUsage>;

/** Lets the room that keeps recordings tell of them in one answer with the jobs, without this room knowing it. */
@Injectable()
export class StorageUsageRegistry implements OnApplicationBootstrap {
  private reader: StorageUsageReader | undefined;

  register(reader: StorageUsageReader): void {
    this.reader = reader;
  }

  onApplicationBootstrap(): void {
    if (this.reader === undefined) throw new Error('Nobody registered as the reader of storage usage');
  }

  async read(userId: string): Promise<StorageUsage> {
    return (await this.reader?.(userId)) ?? { bytes: 0, limit: null };
  }
}
