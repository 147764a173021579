import { Injectable } from '@nestjs/common';

/** Which of these keys some row names. */
export type FindReferenced = (keys: readonly string[]) => Promise<ReadonlySet<string>>;

/** Tells the collector who names blobs. Each kind of rows that does registers here: what it does not know of it deletes. */
@Injectable()
export class BlobReferencesRegistry {
  private readonly finders: FindReferenced[] = [];

  register(find: FindReferenced): void {
    this.finders.push(find);
  }

  async findUnreferenced(keys: readonly string[]): Promise<string[]> {
    let unknown = [...keys];
    for (const find of this.finders) {
      const referenced = await find(unknown);
      unknown = unknown.filter((key) => !referenced.has(key));
    }
    return unknown;
  }
}
