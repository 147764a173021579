import { v7 } from 'uuid';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text can be the id of a row: the database would call another an error. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** The id as its row has it, however it was typed; null when it can be that of none. */
export const toUuid = (text: string): string | null => (isUuid(text) ? text.toLowerCase() : null);

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
