import type { ProcessKind } from './process.bootstrap.js';
import { WorkerModule } from './worker.module.js';

export const WORKER_PROCESS: ProcessKind = {
  module: (surroundings) => WorkerModule.register(surroundings),
  portSetting: 'WORKER_PORT',
  configure: () => undefined,
};
