import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { openInferencePool, type InferencePool } from '../../src/inference/inference-pool.js';
import type { InferenceWorker } from '../../src/inference/inference-worker.js';
import type { SpeechWindow } from '../../src/vad/window-packer.js';
import { silence } from './engine.fixture.js';
import { MINIATURE } from './miniature.fixture.js';

const LIMIT_MS = 60_000;

let pool: InferencePool;

beforeEach(async () => {
  pool = await openInferencePool(2, { modelDir: MINIATURE, precision: undefined, threads: 1 });
}, LIMIT_MS);

afterEach(() => pool.close());

const windows = (count: number): SpeechWindow[] =>
  Array.from({ length: count }, () => ({ samples: silence(30), pieces: [] }));

/** Ends a thread that is computing nothing, as running out of memory would. */
async function lose(worker: InferenceWorker): Promise<void> {
  await (worker as unknown as { thread: { thread: Worker } }).thread.thread.terminate();
}

const itself = (worker: InferenceWorker): Promise<InferenceWorker> => Promise.resolve(worker);

describe('a pool of workers', () => {
  it(
    'goes on without a worker that is lost, and says so when none is left',
    async () => {
      await expect(
        pool.lend(async (worker) => {
          await lose(worker);
          return worker.encode(windows(1));
        }),
      ).rejects.toMatchObject({ code: 'worker_lost' });
      for (let i = 0; i < 3; i++) {
        expect(await pool.lend((worker) => worker.encode(windows(1)))).toHaveLength(1);
      }
      const [last, waiting] = [pool.lend(lose), pool.lend((worker) => worker.encode(windows(1)))];
      await last;
      await expect(waiting).rejects.toMatchObject({ code: 'worker_lost' });
      await expect(pool.lend((worker) => worker.encode(windows(1)))).rejects.toMatchObject({
        code: 'worker_lost',
      });
      await pool.untilIdle();
    },
    LIMIT_MS,
  );

  it(
    'is idle when the last worker is back, though another was lost while it was free',
    async () => {
      let free: InferenceWorker | undefined;
      await Promise.all([
        pool.lend(() => Promise.resolve()),
        pool.lend((worker) => Promise.resolve((free = worker))),
      ]);
      await pool.lend(async () => {
        if (free !== undefined) await lose(free);
      });

      await pool.untilIdle();
      expect(() => {
        pool.assertWhole();
      }).toThrow('a worker of the engine ended');
    },
    LIMIT_MS,
  );

  it(
    'stops computing what was given up, and is idle then',
    async () => {
      const abort = new AbortController();
      const work = pool.lend((worker) => worker.encode(windows(40), abort.signal));
      setTimeout(() => {
        abort.abort();
      }, 300);
      let idle = false;
      const untilIdle = pool.untilIdle().then(() => {
        idle = true;
      });
      await Promise.resolve();
      expect(idle).toBe(false);
      // It would have come to its end if nobody had told the thread.
      await expect(work).rejects.toMatchObject({ code: 'aborted' });
      await untilIdle;
    },
    LIMIT_MS,
  );

  it(
    'is idle once its loans are back, though a free worker was lost meanwhile',
    async () => {
      const free = await pool.lend(itself);
      const back = Promise.withResolvers<null>();
      const loan = pool.lend(() => back.promise);
      await lose(free);
      back.resolve(null);
      await loan;
      await pool.untilIdle();
    },
    LIMIT_MS,
  );

  it(
    'is not idle before its loans are back, though a free worker was lost before',
    async () => {
      await lose(await pool.lend(itself));
      const back = Promise.withResolvers<null>();
      const loan = pool.lend(() => back.promise);
      let idle = false;
      const untilIdle = pool.untilIdle().then(() => {
        idle = true;
      });
      await setImmediate();
      expect(idle).toBe(false);
      back.resolve(null);
      await loan;
      await untilIdle;
    },
    LIMIT_MS,
  );

  it(
    'is idle once its loans are back, though one was lost on loan',
    async () => {
      const [lost, back] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
      const first = pool.lend(async (worker) => {
        await lose(worker);
        lost.resolve(null);
        await back.promise;
      });
      await lost.promise;
      const untilIdle = pool.untilIdle();
      const second = pool.lend(() => back.promise);
      back.resolve(null);
      await Promise.all([first, second, untilIdle]);
    },
    LIMIT_MS,
  );

  it(
    'leaves windows that are only voted on to their owner',
    async () => {
      const [window] = windows(1);
      await pool.lend((worker) => worker.vote(window === undefined ? [] : [window]));
      expect(window?.samples).toHaveLength(480_000);
    },
    LIMIT_MS,
  );
});
