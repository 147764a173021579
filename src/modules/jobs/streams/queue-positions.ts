import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { JobView } from '../job.view.js';
import { JobsRepository } from '../jobs.repository.js';
import { SharedReading } from './shared-reading.js';

/** For so long nobody counts anew. */
const FRESH_MS = 1000;

/** Where the waiting jobs stand that clients of this process watch. */
@Injectable()
export class QueuePositions {
  private readonly ahead: SharedReading<number>;

  constructor(repository: JobsRepository, unitOfWork: UnitOfWork) {
    this.ahead = new SharedReading(
      (ids) => unitOfWork.read(() => repository.countAheadOfEach(ids)),
      FRESH_MS,
    );
  }

  /**
   * Where a waiting job stands, 1 being the next, as it was a moment ago; null for one that does not wait.
   *
   * @throws AppError database_unavailable
   */
  async find({ id, status }: JobView): Promise<number | null> {
    if (status !== 'queued') return null;
    const ahead = await this.ahead.find(id);
    return ahead === null ? null : ahead + 1;
  }
}
