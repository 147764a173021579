import type { EntityManager } from '@mikro-orm/postgresql';

/** Waits until nobody else holds this lock, and holds it until the transaction that is open ends. */
export async function lockUntilCommit(em: EntityManager, subject: string, id: string): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`${subject} ${id}`]);
}
