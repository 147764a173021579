import { v7 } from 'uuid';

/** The one source of identifiers. */
export abstract class IdGenerator {
  abstract next(): string;
}

/** UUIDs of version 7: in order of creation, so that index pages stay together. */
export class UuidV7Generator extends IdGenerator {
  override next(): string {
    return v7();
  }
}
