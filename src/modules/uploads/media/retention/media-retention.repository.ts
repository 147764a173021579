import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { KeptDays } from '../../../../platform/config/media-retention.js';
import type { OwnerFilter } from '../../../auth/access/ownership.policy.js';
import { MediaRetention } from './media-retention.entity.js';

/** `least` passes over null, which stands for recordings that are kept for good. */
const dueAfter = (
  days: string,
): string => `select media_files.id, media_files.owner_id as "ownerId" from media_files
  left join media_retention on media_retention.owner_id = media_files.owner_id
  cross join lateral (select least(media_retention.kept_days, ?::integer) as days) as kept
  where media_files.created_at <= ?::timestamptz - make_interval(days => ${days})`;

/** A recording whose time is over. */
export interface DueMedia extends OwnerFilter {
  readonly id: string;
}

@Injectable()
export class MediaRetentionRepository {
  constructor(private readonly em: EntityManager) {}

  find({ ownerId }: OwnerFilter): Promise<MediaRetention | null> {
    return this.em.findOne(MediaRetention, { ownerId }, { disableIdentityMap: true });
  }

  async save(choice: MediaRetention): Promise<void> {
    await this.em.upsert(MediaRetention, choice);
  }

  /**
   * In the order of their ids, which begins anew after `afterId`. What goes with its jobs may not have had one yet, and waits a day for it.
   *
   * @param longest what the service allows
   */
  async listDue(longest: KeptDays, now: Date, afterId: string, limit: number): Promise<DueMedia[]> {
    const due = dueAfter('case kept.days when 0 then 1 else kept.days end');
    return this.em.execute<DueMedia[]>(`${due} and media_files.id > ? order by media_files.id limit ?`, [
      longest,
      now,
      afterId,
      limit,
    ]);
  }

  /** The recording of this id, which has had a job, if its time is over; else nothing. */
  async findDue(longest: KeptDays, now: Date, id: string): Promise<DueMedia[]> {
    return this.em.execute<DueMedia[]>(`${dueAfter('kept.days')} and media_files.id = ?`, [longest, now, id]);
  }
}
