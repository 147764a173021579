import { Injectable } from '@nestjs/common';
import type { TimeBuckets } from '../../../platform/database/time-buckets.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { JobSeriesRepository } from './job-series.repository.js';
import type { JobSeries } from './job-series.view.js';

/** The past of the jobs of everybody, as far as they were not deleted. Who may see it is up to the caller. */
@Injectable()
export class JobSeriesService {
  constructor(
    private readonly repository: JobSeriesRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AppError database_unavailable */
  read(buckets: TimeBuckets): Promise<JobSeries> {
    return this.unitOfWork.read(async () => ({
      ended: await this.repository.listEnded(buckets),
      queue: await this.repository.listQueueChanges(buckets),
    }));
  }
}
