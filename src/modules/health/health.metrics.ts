import { Injectable } from '@nestjs/common';
import { addReadGauge } from '../../platform/metrics/read-gauge.js';
import { ReadinessIndicator } from '../transcription/readiness.indicator.js';

/** What the probe of readiness says, as a series. */
@Injectable()
export class HealthMetrics {
  constructor(parts: ReadinessIndicator) {
    addReadGauge(
      {
        name: 'whisper_ready',
        help: 'Whether a part that this process needs works: 1, or 0',
        labelNames: ['part'],
      },
      async () => {
        const results = await parts.checkAll();
        return (gauge) => {
          for (const [part, { status }] of results.flatMap((result) => Object.entries(result)))
            gauge.set({ part }, status === 'up' ? 1 : 0);
        };
      },
    );
  }
}
