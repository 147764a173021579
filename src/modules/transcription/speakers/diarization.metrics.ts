import { Injectable } from '@nestjs/common';
import { Histogram } from 'prom-client';

/** How telling speakers apart ended: with them, without, or at the limit of its time. */
export const DIARIZATION_OUTCOMES = ['completed', 'failed', 'timeout'] as const;
export type DiarizationOutcome = (typeof DIARIZATION_OUTCOMES)[number];

/** Series about telling speakers apart in jobs of this process. What was cancelled does not count. */
@Injectable()
export class DiarizationMetrics {
  private readonly durations = new Histogram({
    name: 'whisper_diarization_duration_seconds',
    help: 'How long telling speakers apart took in a job, by how it ended',
    labelNames: ['outcome'],
    buckets: [1, 5, 15, 30, 60, 120, 300, 600, 1800],
  });

  constructor() {
    for (const outcome of DIARIZATION_OUTCOMES) this.durations.zero({ outcome });
  }

  observe(outcome: DiarizationOutcome, seconds: number): void {
    this.durations.observe({ outcome }, seconds);
  }
}
