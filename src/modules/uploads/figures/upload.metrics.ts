import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { addReadGauge } from '../../../platform/metrics/read-gauge.js';
import { UPLOAD_DOORS, UPLOAD_STATUSES, type UploadDoor } from '../sessions/upload-session.view.js';
import { UploadFiguresService } from './upload-figures.service.js';

/**
 * Series about uploads. Labels have few values that are known beforehand; users are none of them. What the database knows is asked for
 * when somebody scrapes, and is left out while the database is away.
 */
@Injectable()
export class UploadMetrics {
  private readonly received = new Counter({
    name: 'whisper_upload_received_bytes_total',
    help: 'Bytes that arrived and were kept, by the door that they came through',
    labelNames: ['door'],
  });

  private readonly failures = new Counter({
    name: 'whisper_upload_failures_total',
    help: 'Uploads in several requests, or by URL, that came to no recording, by error code',
    labelNames: ['code'],
  });

  constructor(figures: UploadFiguresService) {
    addReadGauge(
      {
        name: 'whisper_upload_sessions',
        help: 'Uploads in several requests, or by URL, by door and status; ended ones for 30 days',
        labelNames: ['door', 'status'],
      },
      async () => {
        const counts = await figures.countSessions();
        return (gauge) => {
          for (const door of UPLOAD_DOORS)
            for (const status of UPLOAD_STATUSES) gauge.set({ door, status }, 0);
          for (const { door, status, count } of counts) gauge.set({ door, status }, count);
        };
      },
    );
    addReadGauge(
      { name: 'whisper_stored_bytes', help: 'What recordings and the parts of unfinished uploads take' },
      async () => {
        const bytes = await figures.sumStoredBytes();
        return (gauge) => {
          gauge.set(bytes);
        };
      },
    );
  }

  countReceived(door: UploadDoor | 'form', bytes: number): void {
    this.received.inc({ door }, bytes);
  }

  countFailure(code: string): void {
    this.failures.inc({ code });
  }
}
