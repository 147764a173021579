/** How much of the database a crowd costs that only looks: counted in statements, as times depend on the machine. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import { jsonOf, upload } from '../support/api-client.js';
import { EventStream } from '../support/event-stream.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SHORT = 'clips/fr/bonjour_monde.wav';
const LIMIT_MS = 120_000;
const WATCHED = 4;

let folder: string;
let service: RunningService;
let jobs: string[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'statements-'));
  const counting = pathToFileURL(path.resolve(import.meta.dirname, '../support/count-statements.mjs'));
  counting.searchParams.set('into', path.join(folder, 'statements'));
  service = await startService({
    env: { NODE_OPTIONS: `--import ${counting.href}`, WORKER_EMBEDDED: 'false' },
  });
  jobs = [];
  for (let i = 0; i < WATCHED; i += 1)
    jobs.push((await jsonOf<Job>(await upload(service.url, { file: SHORT }))).job_id);
}, LIMIT_MS);

afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true });
}, LIMIT_MS);

/** How many statements that hold this text were sent since the call before. */
async function counter(): Promise<(text: string) => Promise<number>> {
  const read = async (): Promise<string[]> =>
    (await readFile(path.join(folder, 'statements'), 'utf8')).split('\n');
  const { length: begin } = await read();
  return async (text) =>
    (await read()).slice(begin - 1).filter((statement) => statement.includes(text)).length;
}

describe('the statements that are sent', () => {
  it(
    'for those who watch waiting jobs ask after all of them together, and look at each only where there is something new',
    async () => {
      const streams = await Promise.all(
        jobs.map((id) => EventStream.open(`${service.url}/jobs/${id}/events`)),
      );
      const firsts = await Promise.all(
        streams.map((stream) => stream.until(({ event }) => event === 'progress')),
      );
      const count = await counter();
      await waitFor(async () => (await count('row_number()')) >= 3, { what: 'the places to be counted' });
      const places = await count('row_number()');
      const stamps = await count(' as stamp from jobs');
      const looks = await count('from "job_events"');
      for (const stream of streams) await stream.cut();

      expect(firsts.map((events) => events.at(-1)?.data['queue_position'])).toEqual([1, 2, 3, 4]);
      // Each finds out once that it has seen all.
      expect(looks).toBeLessThanOrEqual(WATCHED);
      expect(stamps).toBeGreaterThan(0);
      expect(places).toBeLessThanOrEqual(stamps);
    },
    LIMIT_MS,
  );

  it(
    'for those who follow all of their jobs ask after the events of all of them together',
    async () => {
      const clock = await EventStream.open(`${service.url}/jobs/${jobs[0]}/events`);
      const streams: EventStream[] = [];
      for (let n = 0; n < WATCHED; n += 1) streams.push(await EventStream.open(`${service.url}/jobs/events`));
      const count = await counter();
      await waitFor(async () => (await count('row_number()')) >= 4, { what: 'time to go by' });
      const looks = await count('job_deletions as event');
      const { job_id: id } = await jsonOf<Job>(await upload(service.url, { file: SHORT }));
      const told = await Promise.all(
        streams.map((stream) => stream.until(({ event }) => event === 'status')),
      );
      await fetch(`${service.url}/jobs/${id}`, { method: 'DELETE' });
      const after = await Promise.all(
        streams.map((stream) => stream.until(({ event }) => event === 'deleted')),
      );
      for (const stream of [clock, ...streams]) await stream.cut();

      // The first look, and another one when each has found out that it has seen all.
      expect(looks).toBeLessThanOrEqual(2 * WATCHED);
      expect([...told, ...after].map((events) => events.at(-1)?.data['job_id'])).toEqual(
        Array.from({ length: 2 * WATCHED }, () => id),
      );
    },
    LIMIT_MS,
  );

  it('for a scrape of the metrics read the jobs once', async () => {
    const count = await counter();
    const text = await (await fetch(`${service.url}/metrics/`)).text();

    expect(text).toContain('whisper_job_queue_depth 4');
    expect(text).toContain('whisper_jobs_total{status="queued"} 4');
    expect(await count('from jobs group by')).toBe(1);
  });
});
