import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { toAddressKey } from '../../../platform/rate-limit/address-key.js';
import { RATE_LIMITER, type RateLimiter } from '../../../platform/rate-limit/rate-limiter.port.js';
import type { AnonymousActor, KnownActor } from '../access/actor.view.js';
import { AuditTrail } from '../audit/audit-trail.service.js';

/** So many failures in an hour are told one by one, of an account and of an address. */
const TOLD_SINGLY = 20;
const WINDOW_SECONDS = 3600;

export interface SignInFailure {
  /** Under which the attempt was counted. Of a name that was typed nothing is told: people type their password there. */
  readonly account: string;
  /** Null: there is no such user. */
  readonly userId: string | null;
  /** For how long no other attempt is looked at. */
  readonly pauseSeconds: number;
}

/** Tells the audit trail of passwords that were wrong. Whoever sends many of them must not fill it. */
@Injectable()
export class SignInFailures {
  constructor(
    @Inject(RATE_LIMITER) private readonly limiter: RateLimiter,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async record(
    actor: AnonymousActor | KnownActor,
    action: 'sign_in.failed' | 'password.change_failed' | 'user.deletion_failed',
    { account, userId, pauseSeconds }: SignInFailure,
  ): Promise<void> {
    const ofAccount = leftOutBefore(await this.count('failures-of-name', account));
    const ofAddress = leftOutBefore(await this.count('failures-of-address', toAddressKey(actor.address)));
    if (ofAccount === null || ofAddress === null) return;
    await this.unitOfWork.run(async () => {
      await this.audit.record(actor, action, userId, { left_out: Math.max(ofAccount, ofAddress) });
      if (pauseSeconds > 0)
        await this.audit.record(actor, 'sign_in.limited', userId, { pause_seconds: pauseSeconds });
    });
  }

  private async count(name: string, key: string): Promise<number> {
    const policy = { name, quota: TOLD_SINGLY, windowSeconds: WINDOW_SECONDS };
    return (await this.limiter.consume(policy, key)).used;
  }
}

/**
 * Beyond those that are told one by one, each doubling of their number is: the longer a flood lasts, the less it writes.
 *
 * @param count of failures with this one
 * @returns how many were left out since the last that was told; null: this one is left out too
 */
export function leftOutBefore(count: number): number | null {
  if (count <= TOLD_SINGLY) return 0;
  return Number.isInteger(Math.log2(count / TOLD_SINGLY)) ? count / 2 - 1 : null;
}
