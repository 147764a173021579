import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { PersonalTable } from './personal-data.registry.js';

const USUAL_PAGE = 200;

/** A row as the database writes it as JSON, by the names of its columns. */
export type PersonalRow = Readonly<Record<string, unknown>>;

@Injectable()
export class PersonalRowsRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * The next rows in the order of the primary key.
   *
   * @param last of the page before; null: there was none
   */
  async readPage(table: PersonalTable, userId: string, last: PersonalRow | null): Promise<PersonalRow[]> {
    const key = this.keyOf(table.table).join(', ');
    // A row made of JSON has the types of the columns.
    const beyond =
      last === null
        ? ''
        : `and (${key}) > (select ${key} from jsonb_populate_record(null::${table.table}, ?))`;
    const rows = await this.em.execute<{ row: PersonalRow }[]>(
      `select to_jsonb(t) - ?::text[] as row from ${table.table} t where ${table.ofUser} ${beyond} order by ${key} limit ?`,
      [
        `{${(table.without ?? []).join(',')}}`,
        userId,
        ...(last === null ? [] : [JSON.stringify(last)]),
        pageOf(table),
      ],
    );
    return rows.map(({ row }) => row);
  }

  private keyOf(table: string): string[] {
    const meta = [...this.em.getMetadata().getAll().values()].find(({ tableName }) => tableName === table);
    if (meta === undefined) throw new Error(`There is no entity of the table ${table}`);
    return meta.getPrimaryProps().flatMap(({ fieldNames }) => fieldNames);
  }
}

export function pageOf({ page = USUAL_PAGE }: PersonalTable): number {
  return page;
}
