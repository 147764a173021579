import { Injectable } from '@nestjs/common';

/** What belongs to somebody and can be looked at. */
export type OwnedKind = 'job' | 'media';

/** Whose something is; null: there is no such thing. */
export type FindOwner = (id: string) => Promise<string | null>;

/** Lets the rooms that keep things say whose these are, without this room knowing them. */
@Injectable()
export class OwnersRegistry {
  private readonly finders = new Map<OwnedKind, FindOwner>();

  register(kind: OwnedKind, find: FindOwner): void {
    this.finders.set(kind, find);
  }

  /** Null: there is no such thing. */
  async find(kind: OwnedKind, id: string): Promise<string | null> {
    const find = this.finders.get(kind);
    if (find === undefined) throw new Error(`Nobody says whose a ${kind} is`);
    return find(id);
  }
}
