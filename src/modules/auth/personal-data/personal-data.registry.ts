import { Injectable } from '@nestjs/common';
import type { FileToZip } from '../../../platform/runtime/zip-files.js';

/** The rows of a table that are about a user. */
export interface PersonalTable {
  readonly table: string;
  /** In SQL, with one `?` for the id of the user; the table is `t` in it. */
  readonly ofUser: string;
  /** Columns that are no data of the user: secrets, and what only the service understands. */
  readonly without?: readonly string[];
  /** How many rows are read at once, where one may be large. */
  readonly page?: number;
}

export interface PersonalData {
  readonly tables: readonly PersonalTable[];
  /** What is kept outside the database. */
  readonly files?: (userId: string) => AsyncIterable<FileToZip>;
}

/** Lets each room say what it keeps about a user, without this room knowing it. */
@Injectable()
export class PersonalDataRegistry {
  private readonly kept: PersonalData[] = [];

  register(data: PersonalData): void {
    this.kept.push(data);
  }

  list(): readonly PersonalData[] {
    return this.kept;
  }
}
