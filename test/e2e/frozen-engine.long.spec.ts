/** An engine child that is stopped notices nothing: not even that its service was killed. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findChild } from '../support/engine-process.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const LIMIT_MS = 180_000;

let dataDir: string;
let service: RunningService;
let engine: number;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'frozen-'));
  service = await startService({ dataDir });
  engine = engineOf(service);
  process.kill(engine, 'SIGSTOP');
  await service.kill();
}, LIMIT_MS);

afterEach(async () => {
  await service.stop();
  if (isThere(engine)) process.kill(engine, 'SIGKILL');
  await rm(dataDir, { recursive: true });
}, LIMIT_MS);

function engineOf({ pid }: RunningService): number {
  const child = findChild(pid, 'engine.child');
  if (child === undefined) throw new Error('The service has no engine child');
  return child;
}

const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe('an engine that is frozen while its service is killed', () => {
  it(
    'ends by itself as soon as it goes on',
    async () => {
      process.kill(engine, 'SIGCONT');

      await waitFor(() => !isThere(engine), { what: 'the engine to end' });
    },
    LIMIT_MS,
  );

  it(
    'is ended by the next service that starts, which leaves alone those that have a service',
    async () => {
      expect(isThere(engine)).toBe(true);
      service = await startService({ dataDir });
      const served = engineOf(service);
      await waitFor(() => !isThere(engine), { what: 'the engine to be ended' });
      const neighbour = await startService();
      await neighbour.stop();

      expect(isThere(served)).toBe(true);
      expect(engineOf(service)).toBe(served);
    },
    LIMIT_MS,
  );
});
