/** Traces of one transcription, as a collector gets them from two processes. */
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import { postJson } from '../support/accounts.js';
import { jsonOf, transcribe, upload, wordsOf } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { findFreePort } from '../support/free-port.js';
import { HookReceiver } from '../support/hook-receiver.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TraceCollector, type CollectedSpan } from '../support/trace-collector.js';
import { waitFor } from '../support/wait-for.js';

const LIMIT_MS = 180_000;
const SPEECH = 'docs/samples/sense-and-sensibility.wav';
const TRACE = 'a'.repeat(32);
const CALLER = 'b'.repeat(16);
/** As OTLP counts states. */
const FAILED = 2;

/** Spans of what is over come with milliseconds. */
const TOLERANCE_NS = 2_000_000n;

function expectWithin(inner: CollectedSpan, outer: CollectedSpan | undefined): void {
  expect(BigInt(inner.startTimeUnixNano)).toBeGreaterThanOrEqual(
    BigInt(outer?.startTimeUnixNano ?? 0) - TOLERANCE_NS,
  );
  expect(BigInt(inner.endTimeUnixNano)).toBeLessThanOrEqual(
    BigInt(outer?.endTimeUnixNano ?? 0) + TOLERANCE_NS,
  );
}

describe('a service whose traces are wanted', () => {
  let dataDir: string;
  let database: TestDatabase;
  let collector: TraceCollector;
  let receiver: HookReceiver;
  let api: RunningService;
  let worker: RunningService;
  let job: Job;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tracing-'));
    database = await openOnServer();
    collector = await TraceCollector.open();
    receiver = await HookReceiver.open();
    const env = {
      DATABASE_URL: database.url,
      WORKER_EMBEDDED: 'false',
      WEBHOOK_ALLOW: '127.0.0.1',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=let%20me%20in',
    };
    api = await startService({ dataDir, env: { ...env, OTEL_SERVICE_NAME: 'api' } });
    worker = await startService({ program: 'worker', dataDir, env: { ...env, OTEL_SERVICE_NAME: 'worker' } });
    await postJson(`${api.url}/webhooks`, { url: receiver.url() });
    job = await transcribe(api.url, {
      file: SPEECH,
      fields: { diarize: 'true' },
      headers: { traceparent: `00-${TRACE}-${CALLER}-01`, 'x-request-id': 'traced-1' },
    });
    await waitFor(
      () => collector.named('webhook deliver').length > 0 && collector.named('job settle').length > 0,
    );
    await waitFor(() => collector.named('POST /upload').length > 0);
  }, LIMIT_MS);

  afterAll(async () => {
    await Promise.all([api.stop(), worker.stop()]);
    await Promise.all([receiver.close(), collector.close(), database.close()]);
    await rm(dataDir, { recursive: true, force: true });
  }, LIMIT_MS);

  const only = (name: string): CollectedSpan => {
    const [span] = collector.spans.filter((one) => one.name === name && one.traceId === TRACE);
    if (span === undefined) throw new Error(`There is no span "${name}" in the trace`);
    return span;
  };

  it('goes on the trace of the client through both processes, each span below the one that it belongs to', () => {
    const request = only('POST /upload');
    expect([request.parentSpanId, request.service]).toEqual([CALLER, 'api']);
    for (const name of ['blob put', 'media probe', 'job create'])
      expect([name, only(name).parentSpanId]).toEqual([name, request.spanId]);
    const create = only('job create');
    for (const name of ['job wait', 'job process', 'webhook deliver'])
      expect([name, only(name).parentSpanId]).toEqual([name, create.spanId]);
    const work = only('job process');
    for (const name of ['blob open', 'engine load', 'engine transcribe', 'diarize', 'job settle'])
      expect([name, only(name).parentSpanId, only(name).service]).toEqual([name, work.spanId, 'worker']);
  });

  it('tells what the engine was at for each piece of text, within its time', () => {
    const pieces = collector.named('engine transcribe');
    const stages = collector.spans.filter(({ parentSpanId }) =>
      pieces.some(({ spanId }) => spanId === parentSpanId),
    );

    expect([...new Set(stages.map(({ name }) => name))].sort()).toEqual([
      'engine align',
      'engine audio',
      'engine decode',
      'engine detect',
      'engine encode',
      'engine vad',
    ]);
    for (const stage of stages) {
      expectWithin(
        stage,
        pieces.find(({ spanId }) => spanId === stage.parentSpanId),
      );
      expect(stage.attributes).toEqual([
        { key: 'whisper.busy_seconds', value: { doubleValue: expect.any(Number) } },
      ]);
    }
    for (const piece of pieces) expectWithin(piece, only('job process'));
  });

  it('tells how long the diarizer listened, and how long it took to say who speaks', () => {
    const run = only('diarizer run');
    expect(run.parentSpanId).toBe(only('diarize').spanId);
    for (const name of ['diarizer listen', 'diarizer conclude']) {
      expect([name, only(name).parentSpanId]).toEqual([name, run.spanId]);
      expectWithin(only(name), run);
    }
    expect(only('diarizer listen').endTimeUnixNano).toBe(only('diarizer conclude').startTimeUnixNano);
  });

  it('sends the trace along with webhooks, and names it in the log', () => {
    const [hook] = receiver.of(job.job_id);

    expect(hook?.headers['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    for (const service of [api, worker]) expect(service.log()).toContain(`"trace_id":"${TRACE}"`);
  });

  it('marks a delivery that was refused as failed, by the status of the answer', async () => {
    const target = await jsonOf<{ id: string }>(
      await postJson(`${api.url}/webhooks`, { url: receiver.url('/refusing') }),
    );
    receiver.answers = [500];
    await postJson(`${api.url}/webhooks/${target.id}/test`, {});
    const refused = (): CollectedSpan | undefined =>
      collector.named('webhook deliver').find(({ status }) => status.code === FAILED);
    await waitFor(() => refused() !== undefined);
    await fetch(`${api.url}/webhooks/${target.id}`, { method: 'DELETE' });

    expect(refused()?.attributes).toContainEqual({ key: 'error.type', value: { stringValue: '500' } });
    expect(only('webhook deliver').status.code ?? 0).not.toBe(FAILED);
  });

  it('sends what the collector asks for in its headers', () => {
    expect(collector.headers[0]).toMatchObject({ 'x-collector-key': 'let me in' });
    expect(api.log()).not.toContain('let me in');
  });

  it('has no spans and attributes but those that docs/tracing.md names', async () => {
    const page = await readFile(resolve(import.meta.dirname, '../../docs/tracing.md'), 'utf8');
    const documented = new Set([...page.matchAll(/^\|.*$/gm)].flatMap(([row]) => row.split('`')));
    const used = collector.spans.flatMap(({ name, attributes }) => [
      name.replace(/^[A-Z]+( .*)?$/, 'METHOD route'),
      ...attributes.map(({ key }) => key),
    ]);

    expect([...new Set(used)].filter((name) => !documented.has(name))).toEqual([]);
  });

  it('tells nobody what was said, or what a file is called', () => {
    expect(wordsOf(job.transcript ?? '')).toContain('leisure');
    expect(collector.raw).not.toMatch(/leisure|sense-and-sensibility|127\.0\.0\.1/);
  });

  it('has no spans of probes', () => {
    expect(collector.raw).not.toMatch(/livez|readyz/);
  });
});

describe('a service', () => {
  it(
    'whose traces nobody wants sends none, also where a client asks',
    async () => {
      const collector = await TraceCollector.open();
      const service = await startService({
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_EXPORTER: 'none' },
      });
      const headers = { traceparent: `00-${TRACE}-${CALLER}-01` };
      expect((await transcribe(service.url, { file: SPEECH, headers })).status).toBe('completed');
      const log = service.log();
      await service.stop();
      await collector.close();

      expect(collector.headers).toEqual([]);
      expect(log).not.toContain('trace_id');
    },
    LIMIT_MS,
  );

  it(
    'whose collector is away works as ever, says so once, and stops in order',
    async () => {
      const OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${await findFreePort()}`;
      const service = await startService({ env: { OTEL_EXPORTER_OTLP_ENDPOINT } });
      expect((await transcribe(service.url, { file: SPEECH })).status).toBe('completed');
      await waitFor(() => service.log().includes('Traces could not be sent'), { limitMs: 60_000 });
      expect((await upload(service.url, { file: SPEECH })).ok).toBe(true);

      expect(await service.stop()).toBe(0);
      expect(service.log().match(/Traces could not be sent/g)).toHaveLength(1);
    },
    LIMIT_MS,
  );
});
