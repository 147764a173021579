import { Injectable, Logger } from '@nestjs/common';
import { UnitOfWork } from '../../../../platform/database/unit-of-work.js';
import { AppError } from '../../../../platform/errors/app-error.js';
import { Clock } from '../../../../platform/runtime/clock.js';
import { MediaFilesService } from '../media-files.service.js';
import { MediaRetentionRepository, type DueMedia } from './media-retention.repository.js';
import { MediaRetentionService } from './media-retention.service.js';
import { MediaUsesRegistry } from './media-uses.registry.js';

const PAGE = 500;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Deletes recordings whose time is over and that no job needs. The database refuses to take one from a job that is not ended. */
@Injectable()
export class MediaExpiryService {
  private readonly logger = new Logger(MediaExpiryService.name);

  constructor(
    private readonly media: MediaFilesService,
    private readonly repository: MediaRetentionRepository,
    private readonly retention: MediaRetentionService,
    private readonly uses: MediaUsesRegistry,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @returns how many were deleted */
  async deleteDue(): Promise<number> {
    let deleted = 0;
    let page: readonly DueMedia[];
    let after = FIRST_ID;
    do {
      page = await this.listDue(after);
      deleted += await this.deleteUnused(page);
      after = page.at(-1)?.id ?? after;
    } while (page.length === PAGE);
    if (deleted > 0) this.logger.log('Recordings were deleted as their time is over', { count: deleted });
    return deleted;
  }

  /** For one of which a job has just ended. What fails is left to `deleteDue`. */
  async deleteIfDue(mediaFileId: string): Promise<void> {
    try {
      const now = this.clock.now();
      const { longest } = this.retention;
      await this.deleteUnused(
        await this.unitOfWork.read(() => this.repository.findDue(longest, now, mediaFileId)),
      );
    } catch (error) {
      this.logger.warn('A recording whose time is over stays for now', { media_id: mediaFileId, err: error });
    }
  }

  private listDue(after: string): Promise<readonly DueMedia[]> {
    const now = this.clock.now();
    return this.unitOfWork.read(() => this.repository.listDue(this.retention.longest, now, after, PAGE));
  }

  private async deleteUnused(due: readonly DueMedia[]): Promise<number> {
    if (due.length === 0) return 0;
    const used = await this.uses.findUsed(due.map(({ id }) => id));
    let deleted = 0;
    for (const media of due) if (!used.has(media.id) && (await this.delete(media))) deleted += 1;
    return deleted;
  }

  /** @returns false for one that somebody else has deleted, or that a job needs all of a sudden */
  private async delete({ id, ownerId }: DueMedia): Promise<boolean> {
    try {
      await this.media.expire({ ownerId }, id);
      return true;
    } catch (error) {
      if (error instanceof AppError && (error.code === 'media_not_found' || error.code === 'media_in_use'))
        return false;
      throw error;
    }
  }
}
