import { EntityManager, raw } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { findOnePlain } from '../../../platform/database/plain-rows.js';
import { User } from './user.entity.js';
import { normalizeUsername } from './usernames.js';

@Injectable()
export class UsersRepository {
  constructor(private readonly em: EntityManager) {}

  find(id: string): Promise<User | null> {
    return findOnePlain(this.em, User, { sql: 'id = ?', values: [id] });
  }

  /** The user as it is now, which stays so until the transaction ends; null when there is none. */
  async lock(id: string): Promise<User | null> {
    // Weaker than `for update`: whoever writes what belongs to the user, under locks of its own, need not wait and cannot deadlock.
    await this.em.execute('select 1 from users where id = ? for no key update', [id]);
    return this.find(id);
  }

  /** By one statement, whether there is such a user or not: what a name costs must not tell whether it is known. */
  findByName(typed: string): Promise<User | null> {
    // What was typed is never lowered by the database, which takes more letters for one another than the counters of failures do.
    const isNamed = raw('lower(username) = ?', [normalizeUsername(typed)]);
    return this.em.findOne(User, { [isNamed]: [] }, { disableIdentityMap: true });
  }

  /** Administrators who can sign in. */
  listAdministrators(): Promise<User[]> {
    return this.em.find(User, { role: 'admin', passwordHash: { $ne: null } }, { disableIdentityMap: true });
  }

  listByName(): Promise<User[]> {
    return this.em.find(User, {}, { orderBy: { username: 'asc', id: 'asc' }, disableIdentityMap: true });
  }

  async listNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const users = await this.em.find(
      User,
      { id: { $in: [...ids] } },
      { fields: ['id', 'username'], disableIdentityMap: true },
    );
    return new Map(users.map(({ id, username }) => [id, username]));
  }

  /** Ids of the administrators who can sign in now. It stays so until the transaction ends. */
  async lockAdministrators(): Promise<string[]> {
    const rows = await this.em.execute<{ id: string }[]>(
      `select id from users where role = 'admin' and password_hash is not null and disabled_at is null order by id for no key update`,
    );
    return rows.map(({ id }) => id);
  }

  async delete(id: string): Promise<void> {
    await this.em.nativeDelete(User, { id });
  }

  /** False when the name is taken. An error would break the transaction that is open. */
  async insert(user: User): Promise<boolean> {
    const { affectedRows } = await this.em
      .createQueryBuilder(User)
      .insert(user)
      .onConflict()
      .ignore()
      .execute<{ affectedRows: number }>('run');
    return affectedRows === 1;
  }

  async update(id: string, changes: Partial<User>): Promise<void> {
    await this.em.nativeUpdate(User, { id }, changes);
  }

  /** Of those who sign in with the same one-time password at the same moment one is told true. */
  async useOneTimePassword(id: string, now: Date): Promise<boolean> {
    return (await this.em.nativeUpdate(User, { id, oneTimeUsedAt: null }, { oneTimeUsedAt: now })) === 1;
  }
}
