import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { addReadGauge } from '../../../platform/metrics/read-gauge.js';
import { Clock } from '../../../platform/runtime/clock.js';
import type { JobView } from '../job.view.js';
import { QueueFiguresService } from './queue-figures.service.js';

/** Series about jobs. Counts of rows are the same in every process; what was completed each worker counts for itself. */
@Injectable()
export class JobMetrics {
  private readonly durations = new Histogram({
    name: 'whisper_job_duration_seconds',
    help: 'From the first claim of a job to its transcript',
    buckets: [1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400],
  });

  private readonly audio = new Counter({
    name: 'whisper_audio_seconds_total',
    help: 'Seconds of audio that were transcribed',
  });

  constructor(
    private readonly figures: QueueFiguresService,
    private readonly clock: Clock,
  ) {
    this.addQueueGauges();
    this.addOutcomeGauges();
  }

  /** @param audioSeconds of its recording */
  countCompleted({ startedAt }: JobView, audioSeconds: number): void {
    this.audio.inc(audioSeconds);
    if (startedAt !== null) this.durations.observe((this.clock.now().getTime() - startedAt.getTime()) / 1000);
  }

  private addQueueGauges(): void {
    addReadGauge(
      { name: 'whisper_jobs_queued', help: 'Jobs that wait, by priority', labelNames: ['priority'] },
      async () => {
        const { queuedByPriority } = await this.figures.readCounts();
        return (gauge) => {
          for (const [priority, count] of queuedByPriority) gauge.set({ priority }, count);
        };
      },
    );
    addReadGauge({ name: 'whisper_job_queue_depth', help: 'Jobs that wait' }, async () => {
      const { byStatus } = await this.figures.readCounts();
      return (gauge) => {
        gauge.set(byStatus.get('queued') ?? 0);
      };
    });
    addReadGauge(
      { name: 'whisper_jobs_oldest_seconds', help: 'How long the oldest job that could be taken waits' },
      async () => {
        const { oldestSeconds } = await this.figures.readCounts();
        return (gauge) => {
          gauge.set(oldestSeconds);
        };
      },
    );
  }

  private addOutcomeGauges(): void {
    addReadGauge(
      { name: 'whisper_jobs_total', help: 'Jobs that there are, by status', labelNames: ['status'] },
      async () => {
        const { byStatus } = await this.figures.readCounts();
        return (gauge) => {
          for (const [status, count] of byStatus) gauge.set({ status }, count);
        };
      },
    );
    addReadGauge(
      { name: 'whisper_worker_failures', help: 'Failed jobs that there are, by code', labelNames: ['code'] },
      async () => {
        const { failedByCode } = await this.figures.readCounts();
        return (gauge) => {
          for (const [code, count] of failedByCode) gauge.set({ code }, count);
        };
      },
    );
    addReadGauge(
      {
        name: 'whisper_realtime_factor',
        help: 'Seconds of audio that were transcribed in one second of work, of the jobs completed in the last hour',
      },
      async () => {
        const { audioSeconds, workSeconds } = await this.figures.readThroughput();
        return (gauge) => {
          if (workSeconds > 0) gauge.set(audioSeconds / workSeconds);
        };
      },
    );
  }
}
