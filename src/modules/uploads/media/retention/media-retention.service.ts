import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import type { KeptDays } from '../../../../platform/config/media-retention.js';
import { DAY_MS } from '../../../../platform/runtime/clock.js';
import { UnitOfWork } from '../../../../platform/database/unit-of-work.js';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { ownedBy, type OwnerFilter } from '../../../auth/access/ownership.policy.js';
import { AuditTrail } from '../../../auth/audit/audit-trail.service.js';
import { MediaRetentionRepository } from './media-retention.repository.js';

/** How long the recordings of a user are kept: as they choose, but never longer than the service allows. */
@Injectable()
export class MediaRetentionService {
  constructor(
    private readonly repository: MediaRetentionRepository,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /** What the service allows. */
  get longest(): KeptDays {
    return this.config.uploads.keptDays;
  }

  async find(owner: OwnerFilter): Promise<KeptDays> {
    const choice = await this.unitOfWork.read(() => this.repository.find(owner));
    return choice === null ? this.longest : shorter(choice.keptDays, this.longest);
  }

  /** @throws AppError retention_too_long */
  async choose(actor: KnownActor, keptDays: KeptDays): Promise<void> {
    if (shorter(keptDays, this.longest) !== keptDays)
      throw new AppError('retention_too_long', `Recordings are kept ${describe(this.longest)} here at most.`);
    const owner = ownedBy(actor.principal);
    await this.unitOfWork.run(async () => {
      await this.repository.save({ ...owner, keptDays });
      await this.audit.record(actor, 'media.retention_changed', owner.ownerId, { kept_days: keptDays });
    });
  }
}

/** When a recording of this age goes by itself; null: never, or not on a day that is known. */
export function expiryOf(createdAt: Date, keptDays: KeptDays): Date | null {
  return keptDays === null || keptDays === 0 ? null : new Date(createdAt.getTime() + keptDays * DAY_MS);
}

function shorter(one: KeptDays, other: KeptDays): KeptDays {
  return Math.min(one ?? Infinity, other ?? Infinity) === one ? one : other;
}

function describe(keptDays: KeptDays): string {
  return keptDays === 0 ? 'until their jobs have ended' : `for ${keptDays} days`;
}
