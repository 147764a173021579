import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { toAddressKey } from '../../../platform/rate-limit/address-key.js';
import { Clock, DAY_MS } from '../../../platform/runtime/clock.js';
import { keyedHash, keyedHashes } from './keyed-hash.js';
import { KnownAddressesRepository } from './known-addresses.repository.js';

const KEPT_MS = 30 * DAY_MS;
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
    return this.repository.has(
      asked,
      keyedHashes(this.config.auth.secretKeys, identify(asked, address)),
      this.oldest(),
    );
  }

  /** Writes into the transaction that is open. */
  async remember(userId: string, address: string): Promise<void> {
    const addressHash = keyedHash(this.config.auth.secretKeys, identify(userId, address));
    await this.repository.deleteUntil(this.oldest());
    await this.repository.upsert({ userId, addressHash, signedInAt: this.clock.now() });
  }

  private oldest(): Date {
    return new Date(this.clock.now().getTime() - KEPT_MS);
  }
}

/** Two users at one address have different ones. */
function identify(userId: string, address: string): string {
  return `known-address ${userId} ${toAddressKey(address)}`;
}
