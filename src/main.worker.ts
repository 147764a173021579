import { asWorker } from './as-worker.js';
import { runProcess } from './run-process.js';
import { WORKER_PROCESS } from './worker.bootstrap.js';

runProcess({
  kind: WORKER_PROCESS,
  adapt: asWorker,
  warn: () => undefined,
  onReady: () => undefined,
});
