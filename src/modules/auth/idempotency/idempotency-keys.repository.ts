import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockUntilCommit } from '../../../platform/database/advisory-lock.js';
import { IdempotencyKey } from './idempotency-key.entity.js';

/** Seconds for which a request holds its key without a sign of life. */
export const LEASE_SECONDS = 30;
const KEPT_FOR = `interval '24 hours'`;

/** Leases and ages compare with the clock of the database only, which all processes share. */
@Injectable()
export class IdempotencyKeysRepository {
  constructor(private readonly em: EntityManager) {}

  /** Keeps other requests of the user from reserving until the transaction ends. */
  async lockUser(userId: string): Promise<void> {
    await lockUntilCommit(this.em, 'idempotency', userId);
  }

  /** Null when there is no such key, or none any more. */
  async find(keyHash: string): Promise<IdempotencyKey | null> {
    await this.em.execute(
      `delete from idempotency_keys where key_hash = ? and created_at < now() - ${KEPT_FOR}`,
      [keyHash],
    );
    return this.em.findOne(IdempotencyKey, { keyHash }, { disableIdentityMap: true });
  }

  async insert(keyHash: string, userId: string, leaseToken: string): Promise<IdempotencyKey> {
    await this.em.execute(
      `insert into idempotency_keys (key_hash, user_id, lease_token, lease_expires_at, created_at)
       values (?, ?, ?, now() + make_interval(secs => ?), now())`,
      [keyHash, userId, leaseToken, LEASE_SECONDS],
    );
    return this.em.findOneOrFail(IdempotencyKey, { keyHash }, { disableIdentityMap: true });
  }

  /** Gives the key to another attempt, after which the one that had it writes nothing any more. False while that one is at work. */
  async takeOver(keyHash: string, leaseToken: string): Promise<boolean> {
    const rows = await this.em.execute<unknown[]>(
      `update idempotency_keys set lease_token = ?, lease_expires_at = now() + make_interval(secs => ?)
       where key_hash = ? and lease_expires_at <= now() returning key_hash`,
      [leaseToken, LEASE_SECONDS, keyHash],
    );
    return rows.length === 1;
  }

  async renew(keyHash: string, leaseToken: string): Promise<void> {
    await this.change(keyHash, leaseToken, 'lease_expires_at = now() + make_interval(secs => ?)', [
      LEASE_SECONDS,
    ]);
  }

  /** False when the lease was lost. */
  noteCreated(keyHash: string, leaseToken: string, fingerprint: string, createdId: string): Promise<boolean> {
    return this.change(keyHash, leaseToken, 'fingerprint = ?, created_id = ?', [fingerprint, createdId]);
  }

  /** False when the lease was lost. */
  keep(keyHash: string, leaseToken: string, fingerprint: string, answer: Buffer): Promise<boolean> {
    return this.change(keyHash, leaseToken, 'fingerprint = ?, answer = ?', [fingerprint, answer]);
  }

  /** Ends a lease without an answer. The key is free, unless something was created that a repeat is to get. */
  async release(keyHash: string, leaseToken: string): Promise<void> {
    await this.em.execute(
      `delete from idempotency_keys where key_hash = ? and lease_token = ? and answer is null and created_id is null`,
      [keyHash, leaseToken],
    );
    await this.change(keyHash, leaseToken, 'lease_expires_at = now()', []);
  }

  async deleteOld(): Promise<void> {
    await this.em.execute(`delete from idempotency_keys where created_at < now() - ${KEPT_FOR}`);
  }

  private async change(
    keyHash: string,
    leaseToken: string,
    changes: string,
    values: readonly unknown[],
  ): Promise<boolean> {
    const rows = await this.em.execute<unknown[]>(
      `update idempotency_keys set ${changes} where key_hash = ? and lease_token = ? returning key_hash`,
      [...values, keyHash, leaseToken],
    );
    return rows.length === 1;
  }
}
