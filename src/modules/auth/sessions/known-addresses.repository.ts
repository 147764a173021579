import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { KnownAddress } from './known-address.entity.js';

@Injectable()
export class KnownAddressesRepository {
  constructor(private readonly em: EntityManager) {}

  /** Whether the user has signed in from an address with any of these hashes since then. */
  async has(userId: string, hashes: readonly string[], since: Date): Promise<boolean> {
    const isKnown = { userId, addressHash: { $in: [...hashes] }, signedInAt: { $gt: since } };
    return (await this.em.count(KnownAddress, isKnown)) > 0;
  }

  async upsert(address: KnownAddress): Promise<void> {
    await this.em.execute(
      `insert into known_addresses (user_id, address_hash, signed_in_at) values (?, ?, ?)
         on conflict (user_id, address_hash) do update set signed_in_at = excluded.signed_in_at`,
      [address.userId, address.addressHash, address.signedInAt],
    );
  }

  async deleteUntil(then: Date): Promise<void> {
    await this.em.nativeDelete(KnownAddress, { signedInAt: { $lte: then } });
  }
}
