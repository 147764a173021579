import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { toAddressKey } from '../../../platform/rate-limit/address-key.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { KnownAddressesRepository } from './known-addresses.repository.js';

const KEPT_MS = 30 * 24 * 3600 * 1000;
/** No user has it. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** From where users have signed in of late. */
@Injectable()
export class KnownAddresses {
  constructor(
    private readonly repository: KnownAddressesRepository,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Costs the same for users that there are and that there are not.
   *
   * @param userId null: there is no such user
   */
  isKnown(userId: string | null, address: string): Promise<boolean> {
    const asked = userId ?? NOBODY;
    return this.repository.has(asked, this.hashes(asked, address), this.oldest());
  }

  /** Writes into the transaction that is open. */
  async remember(userId: string, address: string): Promise<void> {
    const [addressHash = ''] = this.hashes(userId, address);
    await this.repository.deleteUntil(this.oldest());
    await this.repository.upsert({ userId, addressHash, signedInAt: this.clock.now() });
  }

  private oldest(): Date {
    return new Date(this.clock.now().getTime() - KEPT_MS);
  }

  /** With the key in use first, then with the one that is accepted besides. Two users at one address have different ones. */
  private hashes(userId: string, address: string): string[] {
    return this.config.auth.secretKeys.map((key) =>
      createHmac('sha256', key)
        .update(`known-address ${userId} ${toAddressKey(address)}`)
        .digest('hex'),
    );
  }
}
