import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Which of these media files are still needed. */
export type FindUsed = (mediaFileIds: readonly string[]) => Promise<ReadonlySet<string>>;

/** Lets the room that orders work on recordings say which of them it needs, without this room knowing it. */
@Injectable()
export class MediaUsesRegistry implements OnApplicationBootstrap {
  private find: FindUsed | undefined;

  register(find: FindUsed): void {
    this.find = find;
  }

  /** A service that would try to delete recordings from under its jobs must not start. */
  onApplicationBootstrap(): void {
    if (this.find === undefined) throw new Error('Nobody registered who uses recordings');
  }

  async findUsed(mediaFileIds: readonly string[]): Promise<ReadonlySet<string>> {
    return (await this.find?.(mediaFileIds)) ?? new Set(mediaFileIds);
  }
}
