/**
 * One process with everything in it, killed again and again while jobs are ordered and worked on. `npm run test:faults -- --rounds 50` makes
 * it long; STORM_SEED repeats one.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { killEngineOf } from '../support/engine-process.js';
import { NO_RATE_LIMITS } from '../support/rate-limits.js';
import { startService, type RunningService } from '../support/start-service.js';
import { Dice } from '../support/storm/dice.js';
import { StormClient } from '../support/storm/storm-client.js';
import {
  STORM_ENV,
  STORM_JOBS,
  STORM_LIMIT_MS,
  STORM_ROUNDS,
  STORM_SEED,
} from '../support/storm/storm-settings.js';

const env = { ...NO_RATE_LIMITS, ...STORM_ENV };

let dataDir: string;
let service: RunningService;
let client: StormClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'storm-'));
  service = await startService({ dataDir, env });
  client = new StormClient(() => service.url);
  await client.learn();
}, STORM_LIMIT_MS);

afterAll(async () => {
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const DISASTERS = {
  'kill -9 of the service': async () => {
    await service.kill();
    service = await startService({ dataDir, env });
  },
  'kill -9 of the engine': () => {
    try {
      killEngineOf(service.pid);
    } catch {
      // It has none at this moment.
    }
    return Promise.resolve();
  },
  'SIGTERM and start': async () => {
    await service.stop();
    service = await startService({ dataDir, env });
  },
};

describe(`a storm of ${STORM_ROUNDS} rounds with seed ${STORM_SEED} on the embedded queue`, () => {
  it(
    'ends with each job completed once, with the text that it has without a storm, and nothing left behind',
    async () => {
      const dice = new Dice(STORM_SEED);
      const ordering = client.order(STORM_JOBS);
      const names = Object.keys(DISASTERS) as (keyof typeof DISASTERS)[];
      for (let round = 0; round < STORM_ROUNDS; round += 1) {
        await pause(dice.between(200, 4000));
        await DISASTERS[dice.pick(names)]();
      }
      await ordering;
      await client.untilEnded();

      expect(await client.findFaults()).toEqual([]);
      expect(await readdir(join(dataDir, 'blobs', 'staging'))).toEqual([]);
    },
    STORM_LIMIT_MS,
  );
});
