import { runProcess } from './run-process.js';
import { asWorker, WORKER_PROCESS } from './worker.bootstrap.js';

runProcess({
  kind: WORKER_PROCESS,
  adapt: asWorker,
  warn: () => undefined,
  onReady: () => undefined,
});
