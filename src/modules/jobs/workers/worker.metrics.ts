import { Injectable } from '@nestjs/common';
import { addReadGauge } from '../../../platform/metrics/read-gauge.js';
import { WORKER_STATES } from './worker.view.js';
import { WorkersService } from './workers.service.js';

/** Series about the register of workers; the same in every process. */
@Injectable()
export class WorkerMetrics {
  constructor(workers: WorkersService) {
    addReadGauge(
      {
        name: 'whisper_workers',
        help: 'Processes that work on jobs, by what they say of themselves; gone ones for an hour',
        labelNames: ['state'],
      },
      async () => {
        const states = (await workers.list()).map(({ state }) => state);
        return (gauge) => {
          for (const state of [...WORKER_STATES, 'gone'])
            gauge.set({ state }, states.filter((each) => each === state).length);
        };
      },
    );
  }
}
