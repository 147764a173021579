import { Injectable } from '@nestjs/common';
import { DatabaseIndicator } from '../../platform/database/database.indicator.js';
import { addReadGauge } from '../../platform/metrics/read-gauge.js';
import { QueueIndicator } from '../jobs/queue.indicator.js';
import { ModelIndicator } from '../transcription/models/model.indicator.js';
import { StorageIndicator } from '../uploads/blobs/storage.indicator.js';

/** What the probe of readiness says, as a series. */
@Injectable()
export class HealthMetrics {
  constructor(
    database: DatabaseIndicator,
    queue: QueueIndicator,
    storage: StorageIndicator,
    model: ModelIndicator,
  ) {
    addReadGauge(
      {
        name: 'whisper_ready',
        help: 'Whether a part that this process needs works: 1, or 0',
        labelNames: ['part'],
      },
      async () => {
        const parts = [database.check(), queue.check(), storage.check(), model.check()];
        const results = (await Promise.all(parts)).flatMap((result) => Object.entries(result));
        return (gauge) => {
          for (const [part, { status }] of results) gauge.set({ part }, status === 'up' ? 1 : 0);
        };
      },
    );
  }
}
