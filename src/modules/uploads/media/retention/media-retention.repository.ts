import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { KeptDays } from '../../../../platform/config/media-retention.js';
import type { OwnerFilter } from '../../../auth/access/ownership.policy.js';
import { MediaRetention } from './media-retention.entity.js';

/** `least` passes over null, which stands for recordings that are kept for good. */
const KEPT_DAYS = 'least(media_retention.kept_days, ?::integer)';
const DUE = `select media_files.id, media_files.owner_id as "ownerId" from media_files
  left join media_retention on media_retention.owner_id = media_files.owner_id
  where media_files.created_at <= ?::timestamptz - make_interval(days => ${KEPT_DAYS})`;

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
   * In the order of their ids, which begins anew after `afterId`.
   *
   * @param longest what the service allows
   */
  async listDue(longest: KeptDays, now: Date, afterId: string, limit: number): Promise<DueMedia[]> {
    return this.em.execute<DueMedia[]>(`${DUE} and media_files.id > ? order by media_files.id limit ?`, [
      now,
      longest,
      afterId,
      limit,
    ]);
  }

  /** The recording of this id if its time is over, else nothing. */
  async findDue(longest: KeptDays, now: Date, id: string): Promise<DueMedia[]> {
    return this.em.execute<DueMedia[]>(`${DUE} and media_files.id = ?`, [now, longest, id]);
  }
}
