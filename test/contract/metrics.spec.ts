/** That what Prometheus gets is what docs/metrics.md says, from a service that has done some work. */
import { spawnSync } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import { codeOf, jsonOf, upload } from '../support/api-client.js';
import { readDocumentedSeries } from '../support/documented-metrics.js';
import { killEngineOf } from '../support/engine-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SHORT = 'clips/fr/bonjour_monde.wav';
const LIMIT_MS = 120_000;
/** Names that are older than the convention, ours and those of the library. */
const OLD_NAMES =
  /^(whisper_jobs_total|nodejs_active_\w+_total) non-counter metrics should not have "_total"/;

let redis: RedisServer;
let service: RunningService;
let text: string;
let job: string;

beforeAll(async () => {
  redis = await startRedis();
  service = await startService({ env: { REDIS_URL: redis.url, REDIS_PASSWORD: redis.password } });
  job = (await jsonOf<Job>(await upload(service.url, { file: SHORT }))).job_id;
  await waitFor(
    async () => (await jsonOf<Job>(await fetch(`${service.url}/jobs/${job}`))).status === 'completed',
    { what: 'the job to be completed' },
  );
  await scrape();
  text = await scrape();
}, LIMIT_MS);

afterAll(async () => {
  await service.stop();
  await redis.stop();
}, LIMIT_MS);

async function scrape(): Promise<string> {
  return (await fetch(`${service.url}/metrics/`)).text();
}

function read(series: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1));
}

describe('the metrics', () => {
  it('are those of docs/metrics.md, of the same types, and no others', () => {
    const told = [...text.matchAll(/^# TYPE (whisper_\w+) (\w+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    const documented = [...readDocumentedSeries()].map(([name, { type }]) => `${name} ${type}`);

    expect(told.sort()).toEqual(documented.sort());
  });

  it('have the labels of docs/metrics.md and no others', () => {
    const documented = readDocumentedSeries();
    const samples = [...text.matchAll(/^(whisper_\w+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})? \S+$/gm)];
    const odd = samples.filter(([, name = '', labels = '']) => {
      const names = [...labels.matchAll(/(\w+)="/g)]
        .map(([, label = '']) => label)
        .filter((label) => label !== 'le');
      const expected = documented.get(name)?.labels ?? [];
      return (
        names.join() !== [...names].filter((label) => expected.includes(label)).join() ||
        names.length !== expected.length
      );
    });

    expect(samples.length).toBeGreaterThan(100);
    expect(odd.map(([line]) => line)).toEqual([]);
  });

  it('satisfy promtool, but for names that are older than its conventions', () => {
    const { stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    const complaints = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line !== '' && !OLD_NAMES.test(line));

    expect(complaints).toEqual([]);
  });

  it('tell of the work that was done, and of the parts that it needed', () => {
    expect(read('whisper_audio_seconds_total')).toBeGreaterThan(0);
    expect(read('whisper_job_duration_seconds_count')).toBe(1);
    expect(read('whisper_workers{state="active"}')).toBe(1);
    expect(read('whisper_worker_slots{state="idle"}')).toBe(1);
    expect(read('whisper_engine_memory_bytes')).toBeGreaterThan(1_000_000);
    expect(read('whisper_blob_operation_duration_seconds_count{operation="put"}')).toBe(1);
    expect(read('whisper_database_wait_seconds_count')).toBeGreaterThan(0);
    expect(read('whisper_disk_free_bytes')).toBeGreaterThan(0);
    for (const part of ['database', 'queue', 'storage', 'disk', 'model', 'worker'])
      expect(read(`whisper_ready{part="${part}"}`)).toBe(1);
    for (const resource of ['cpu', 'memory', 'disk', 'redis_connections'])
      expect(read(`whisper_resource_saturation_ratio{resource="${resource}"}`)).toBeLessThanOrEqual(1);
  });

  it('count a request that was asked to wait, but do not time it', async () => {
    const labels = 'method="GET",endpoint="/jobs/:job_id"';
    const counted = (): number => read(`whisper_http_requests_total{${labels},status_code="200"}`);
    const timed = (): number => read(`whisper_http_request_duration_seconds_count{${labels}}`);
    const before = [counted(), timed()];
    await fetch(`${service.url}/jobs/${job}`, { headers: { prefer: 'wait=1' } });
    await waitFor(
      async () => {
        text = await scrape();
        return counted() > (before[0] ?? 0);
      },
      { what: 'the request to be counted' },
    );

    expect([counted(), timed()]).toEqual([(before[0] ?? 0) + 1, before[1]]);
  });

  it('say that the queue is away while Redis is, and back when Redis is', async () => {
    const failures = 'whisper_resource_errors_total{resource="redis",kind="collection"}';
    const queueIs = async (ready: number): Promise<boolean> => {
      text = await scrape();
      return read('whisper_ready{part="queue"}') === ready && read('whisper_ready{part="database"}') === 1;
    };
    await redis.kill();
    await waitFor(async () => (await queueIs(0)) && read(failures) > 0, { what: 'the queue to be away' });
    await redis.startAgain();
    await waitFor(() => queueIs(1), { what: 'the queue to be back' });
  });

  it('count an engine that was lost, and tell of the one that took its place', async () => {
    killEngineOf(service.pid);
    const isBack = async (): Promise<boolean> => {
      text = await scrape();
      return (
        read('whisper_engine_restarts_total{reason="lost"}') === 1 &&
        read('whisper_ready{part="model"}') === 1
      );
    };
    await waitFor(isBack, { what: 'another engine', limitMs: 60_000 });
  }, 90_000);

  it('count what the store of recordings fails at', async () => {
    const blobs = path.join(service.dataDir, 'blobs');
    const isReady = async (ready: number): Promise<boolean> => {
      text = await scrape();
      return read('whisper_ready{part="storage"}') === ready;
    };
    await rename(blobs, `${blobs}-aside`);
    await writeFile(blobs, 'in the way');
    await waitFor(() => isReady(0), { what: 'the store to be away' });
    text = await scrape();
    const failures = [
      ...text.matchAll(/^whisper_blob_errors_total\{operation="probe",code="\w+"\} (\d+)$/gm),
    ];

    expect(failures.reduce((sum, [, count]) => sum + Number(count), 0)).toBeGreaterThan(0);
    const refused = await upload(service.url, { file: 'clips/en/librivox_0880.wav' });
    expect([refused.status, refused.headers.get('retry-after'), await codeOf(refused)]).toEqual([
      503,
      '5',
      'storage_unavailable',
    ]);
    expect(service.log()).toMatch(/"message":"A part that this process needs does not work"/);
    await rm(blobs);
    await rename(`${blobs}-aside`, blobs);
    await waitFor(() => isReady(1), { what: 'the store to be back' });
  });
});
