import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';

export const BLOB_OPERATIONS = ['put', 'salvage', 'read', 'open_local', 'delete', 'probe'] as const;
/** Of the codes of errors those that are about the store, and what is none of them. */
const FORESEEN = ['storage_unavailable', 'storage_full', 'unexpected'] as const;
export type BlobOperation = (typeof BLOB_OPERATIONS)[number];

/** Series about the store of recordings, as this process meets it. */
@Injectable()
export class BlobMetrics {
  private readonly durations = new Histogram({
    name: 'whisper_blob_operation_duration_seconds',
    help: 'How long the store of recordings took; of put with the time in which the bytes arrived',
    labelNames: ['operation'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120],
  });

  private readonly errors = new Counter({
    name: 'whisper_blob_errors_total',
    help: 'What the store of recordings failed at, by error code',
    labelNames: ['operation', 'code'],
  });

  constructor() {
    // An alert sees a series grow only where it was there before.
    for (const operation of BLOB_OPERATIONS)
      for (const code of FORESEEN) this.errors.inc({ operation, code }, 0);
  }

  /** What it returns stops it, and gives the seconds. */
  startTimer(operation: BlobOperation): () => number {
    return this.durations.startTimer({ operation });
  }

  countError(operation: BlobOperation, code: string): void {
    this.errors.inc({ operation, code });
  }
}
