import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { addReadGauge, addTold } from '../../../platform/metrics/read-gauge.js';
import { TRANSCRIBER, type Transcriber } from '../engine/transcriber.port.js';
import { WorkerRunner } from './worker.runner.js';

/** Series about what this worker has in hand. */
@Injectable()
export class SlotMetrics {
  constructor(
    runner: WorkerRunner,
    @Inject(TRANSCRIBER) transcriber: Transcriber,
    @Inject(APP_CONFIG) { worker }: AppConfig,
  ) {
    addReadGauge(
      {
        name: 'whisper_worker_slots',
        help: 'Jobs that this worker could take at a time: busy with one, or idle',
        labelNames: ['state'],
      },
      () =>
        Promise.resolve((gauge) => {
          gauge.set({ state: 'busy' }, runner.jobsInHand);
          gauge.set({ state: 'idle' }, Math.max(0, worker.concurrency - runner.jobsInHand));
        }),
    );
    addTold('whisper_engine_memory_bytes', 'Memory that the engines of this worker have in use', () =>
      transcriber.readMemory(),
    );
  }
}
