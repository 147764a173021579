/** What a service does that was told to end while requests may still come. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { upload } from '../support/api-client.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

/** Longer than any test: what has to be seen is seen before. */
const DRAIN = { SHUTDOWN_DRAIN_S: '600', WORKER_EMBEDDED: 'false' };

let service: RunningService;

beforeEach(async () => {
  service = await startService({ env: DRAIN });
});

afterEach(async () => {
  await service.kill();
  await rm(service.dataDir, { recursive: true, force: true });
});

describe('a service that leaves', () => {
  it('says so to probes, takes all that comes all the same, and closes each connection with its answer', async () => {
    process.kill(service.pid, 'SIGTERM');
    const readiness = (): Promise<Response> => fetch(`${service.url}/readyz`);
    await waitFor(async () => (await readiness()).status === 503, { what: 'the end of its readiness' });

    expect(await (await readiness()).json()).toMatchObject({ status: 'shutting_down' });
    const answers = [
      await fetch(`${service.url}/livez`),
      await upload(service.url, { file: 'clips/fr/bonjour_monde.wav' }),
      await fetch(`${service.url}/jobs`),
    ];
    expect(answers.map(({ status, headers }) => [status, headers.get('connection')])).toEqual([
      [200, 'close'],
      [202, 'close'],
      [200, 'close'],
    ]);
  });
});
