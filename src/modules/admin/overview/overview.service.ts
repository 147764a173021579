import { Injectable } from '@nestjs/common';
import { bucketsUntil, type TimeBuckets } from '../../../platform/database/time-buckets.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { JobSeriesService } from '../../jobs/figures/job-series.service.js';
import type { JobSeries } from '../../jobs/figures/job-series.view.js';
import { QueueFiguresService } from '../../jobs/figures/queue-figures.service.js';
import type { JobCounts } from '../../jobs/figures/queue-figures.view.js';
import { UploadFiguresService } from '../../uploads/figures/upload-figures.service.js';
import type { ArrivedRecordings, StoredBytes } from '../../uploads/figures/upload-figures.view.js';

const HOUR = 3600;

/** How many buckets of how many seconds each of the ranges has. */
const BUCKETS = {
  '1h': { stepSeconds: 60, count: 60 },
  '24h': { stepSeconds: HOUR / 2, count: 48 },
  '7d': { stepSeconds: 3 * HOUR, count: 56 },
  '30d': { stepSeconds: 12 * HOUR, count: 60 },
} as const;

export type OverviewRange = keyof typeof BUCKETS;

export const OVERVIEW_RANGES = Object.keys(BUCKETS) as readonly OverviewRange[];

export interface Overview {
  readonly buckets: TimeBuckets;
  readonly jobs: JobSeries;
  readonly arrived: readonly ArrivedRecordings[];
  readonly stored: StoredBytes;
  readonly counts: JobCounts;
}

/** What happened lately, for charts. */
@Injectable()
export class OverviewService {
  constructor(
    private readonly series: JobSeriesService,
    private readonly queue: QueueFiguresService,
    private readonly uploads: UploadFiguresService,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError database_unavailable */
  async read(range: OverviewRange): Promise<Overview> {
    const { stepSeconds, count } = BUCKETS[range];
    const buckets = bucketsUntil(this.clock.now(), stepSeconds, count);
    return {
      buckets,
      jobs: await this.series.read(buckets),
      arrived: await this.uploads.listArrived(buckets),
      stored: await this.uploads.sumStoredByKind(),
      counts: await this.queue.readCounts(),
    };
  }
}
