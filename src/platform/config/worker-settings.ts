import { availableParallelism } from 'node:os';
import { flag, integer, optionalInteger } from './setting.js';

/** Of what works on jobs. */
export const WORKER_SETTINGS = {
  WORKER_EMBEDDED: flag(
    true,
    'Run a worker inside the service. With false jobs wait for worker processes (npm run start:worker).',
  ),
  WORKER_PORT: integer(
    8002,
    0,
    65535,
    'Port on HOST at which a worker process answers for its health and metrics; 0 takes a free one.',
  ),
  WORKER_CONCURRENCY: integer(
    1,
    1,
    64,
    'Jobs that one worker transcribes at the same time, each with an engine of its own that has WORKER_THREADS and its part of the memory.',
  ),
  WORKER_THREADS: integer(
    Math.min(availableParallelism(), 8),
    1,
    256,
    'Processor threads for one transcription. Default: the processors of the machine, at most 8.',
  ),
  WORKER_MEMORY_MB: optionalInteger(
    64,
    100_000_000,
    'Memory, in MiB, that transcription has to make do with: batches, then workers, are made fewer, and a model that does not fit is refused. A fifth is kept in reserve. Empty: what the machine, or the container, allows.',
  ),
  ENGINE_STALL_S: integer(
    900,
    1,
    86_400,
    'Seconds that the engine may be at one step, such as loading a model or the next piece of text, before it is taken to hang and is replaced; its job goes on from the last piece. Large models on slow machines need minutes.',
  ),
  ENGINE_RECYCLE_MB: integer(
    512,
    0,
    1_000_000,
    'MiB by which the engine may grow, compared with after its first recording, before it is replaced between two jobs. 0: as it likes.',
  ),
  DIARIZATION_LIMIT_PERCENT: integer(
    100,
    1,
    10_000,
    'How long telling speakers apart may take, in percent of the length of the recording, but at least a minute. A text whose speakers take longer is delivered without them. It usually takes 3 percent.',
  ),
  JOB_MAX_ATTEMPTS: integer(
    5,
    1,
    100,
    'How often a job may be lost at one place, with its worker or its engine, before it ends as failed. It counts anew whenever text was stored.',
  ),
} as const;
