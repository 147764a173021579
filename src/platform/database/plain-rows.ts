import type { EntityClass, EntityMetadata } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { BigIntType } from '@mikro-orm/postgresql';
import type { SqlCondition } from './sql-condition.js';

/**
 * Rows as plain objects with the properties of their entity, but lazy ones. For what nearly every request asks for: a row as an entity
 * costs several times as much of a processor.
 *
 * @param condition may go on with an order and a limit
 */
export async function findPlain<T extends object>(
  em: EntityManager,
  entity: EntityClass<T>,
  { sql, values }: SqlCondition,
): Promise<T[]> {
  const metadata = em.getMetadata().get<T>(entity);
  const { columns, numbers } = layoutOf(metadata);
  const rows = await em.execute<T[]>(`select ${columns} from ${metadata.tableName} where ${sql}`, [
    ...values,
  ]);
  const driver = em.getDriver();
  return rows.map((row) => {
    const plain = driver.mapResult<T>(row, metadata) as Record<string, unknown>;
    for (const name of numbers) if (plain[name] !== null) plain[name] = Number(plain[name]);
    return plain as T;
  });
}

/** The same of a condition that one row meets at most; null: there is none. */
export async function findOnePlain<T extends object>(
  em: EntityManager,
  entity: EntityClass<T>,
  condition: SqlCondition,
): Promise<T | null> {
  const [row] = await findPlain(em, entity, condition);
  return row ?? null;
}

interface Layout {
  readonly columns: string;
  /** Properties that are numbers, while the driver has them as texts. */
  readonly numbers: readonly string[];
}

const LAYOUTS = new WeakMap<EntityMetadata, Layout>();

function layoutOf(metadata: EntityMetadata): Layout {
  let layout = LAYOUTS.get(metadata);
  if (layout === undefined) {
    const read = metadata.props.filter(({ lazy, fieldNames }) => lazy !== true && fieldNames.length > 0);
    layout = {
      columns: read.flatMap(({ fieldNames }) => fieldNames.map((name) => `"${name}"`)).join(', '),
      numbers: read.filter(({ customType }) => customType instanceof BigIntType).map(({ name }) => name),
    };
    LAYOUTS.set(metadata, layout);
  }
  return layout;
}
