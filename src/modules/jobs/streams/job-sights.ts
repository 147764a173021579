import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { JobView } from '../job.view.js';
import { JobsRepository } from '../jobs.repository.js';
import { QueuePositions } from './queue-positions.js';
import { SharedReading } from './shared-reading.js';

/** What was read may be so old. Shorter than the pause of those who ask. */
const FRESH_MS = 500;

/** Whether the jobs that clients of this process watch are as they were: most looks would find nothing new. */
@Injectable()
export class JobSights {
  private readonly stamps: SharedReading<string>;

  constructor(
    private readonly positions: QueuePositions,
    repository: JobsRepository,
    unitOfWork: UnitOfWork,
  ) {
    this.stamps = new SharedReading((ids) => unitOfWork.read(() => repository.listStamps(ids)), FRESH_MS);
  }

  /**
   * Another one as soon as there is something new about the job or its place; null when it was deleted.
   *
   * @throws AppError database_unavailable
   */
  async find(job: JobView): Promise<string | null> {
    const stamp = await this.stamps.find(job.id);
    return stamp === null ? null : `${stamp} ${(await this.positions.find(job)) ?? ''}`;
  }
}
