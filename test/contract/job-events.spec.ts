/** The streams of events of jobs, over HTTP and with a real worker. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job, Transcript } from '@whisper-transcriber/client-sdk';
import { getTranscript, jsonOf, problemOf, upload } from '../support/api-client.js';
import { EventStream, reasonsOf, type StreamedEvent } from '../support/event-stream.js';
import { longRecording } from '../support/long-recording.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const SHORT = 'clips/fr/bonjour_monde.wav';
const LONG = 'clips/en/words_exact.flac';
/** Three minutes: several pieces of text. */
const RECORDING_BYTES = 3 * 60 * 32_000;
const LIMIT_MS = 120_000;

const contract = new OpenApiContract();
let service: RunningService;
/** What a client saw of one job from its beginning, and what came of it. */
let id: string;
let seen: StreamedEvent[];
let first: EventStream;
let transcript: Transcript;

beforeAll(async () => {
  service = await startService({ env: { MAX_STREAMS_PER_USER: '3' } });
  id = await addJob({ content: await longRecording(RECORDING_BYTES) });
  first = await follow(id);
  seen = await first.rest();
  transcript = await getTranscript(service.url, id);
}, LIMIT_MS);

afterAll(async () => {
  await service.stop();
});

async function addJob(input: { file?: string; content?: Buffer<ArrayBuffer> }): Promise<string> {
  return (await jsonOf<Job>(await upload(service.url, input))).job_id;
}

function follow(job: string, lastId?: string): Promise<EventStream> {
  return EventStream.open(`${service.url}/jobs/${job}/events`, headerOf(lastId));
}

function headerOf(lastId: string | undefined): Record<string, string> {
  return lastId === undefined ? {} : { 'last-event-id': lastId };
}

async function order(job: string, what: 'cancel' | 'retry' | 'delete'): Promise<void> {
  const [method, path] = what === 'delete' ? ['DELETE', ''] : ['POST', `/${what}`];
  const response = await fetch(`${service.url}/jobs/${job}${path}`, { method });
  if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
}

const isStatus =
  (to: string) =>
  ({ event, data }: StreamedEvent): boolean =>
    event === 'status' && data['to'] === to;

describe('the stream of a job', () => {
  it('is one that proxies neither keep nor hold back', () => {
    expect(first.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.headers.get('x-accel-buffering')).toBe('no');
    expect(first.headers.get('content-encoding')).toBeNull();
    expect(first.text).toMatch(/^retry: \d+\n\n/);
  });

  it('tells each change of status once and in order, and each segment once, as in the transcript', () => {
    const pieces = seen.filter(({ event }) => event === 'segments');

    expect(reasonsOf(seen)).toEqual(['created', 'claimed', 'completed']);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.flatMap(({ data }) => data['segments'])).toEqual(transcript.segments);
    expect(seen.at(-1)).toMatchObject({ event: 'completed', data: { job_id: id, status: 'completed' } });
    expect(seen.filter(({ event }) => event === 'completed')).toHaveLength(1);
  });

  it('tells how far the work is: stage, seconds, speed and end', () => {
    const progress = seen.filter(({ event }) => event === 'progress').map(({ data }) => data);

    expect(progress.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['transcribing']));
    expect(progress).toContainEqual({
      stage: 'transcribing',
      processed_seconds: expect.any(Number),
      total_seconds: expect.closeTo(180, 2),
      percent: expect.any(Number),
      speed: expect.any(Number),
      estimated_end_at: expect.any(String),
      queue_position: null,
    });
  });

  it(
    'goes on after each of its events without one twice or missing',
    async () => {
      const told = seen.filter(({ event }) => event !== 'progress');
      for (const [i, { id: lastId }] of told.entries()) {
        if (told[i + 1]?.id === lastId || i === told.length - 1) continue;
        const rest = await (await follow(id, lastId)).rest();

        expect(reasonsOf([...told.slice(0, i + 1), ...rest])).toEqual(['created', 'claimed', 'completed']);
        const pieces = [...told.slice(0, i + 1), ...rest].filter(({ event }) => event === 'segments');
        expect(pieces.flatMap(({ data }) => data['segments'])).toEqual(transcript.segments);
        expect(rest.at(-1)?.event).toBe('completed');
      }
    },
    LIMIT_MS,
  );

  it('takes the id from the address too, where the header goes before it', async () => {
    const end = seen.at(-1)?.id ?? '';
    const [begin] = seen;
    const url = `${service.url}/jobs/${id}/events?last_event_id=${end}`;

    expect((await fetch(url)).status).toBe(204);
    const stream = await EventStream.open(url, headerOf(begin?.id));
    expect(reasonsOf(await stream.rest())).toEqual(['claimed', 'completed']);
  });

  it('that is told to its end is over for clients that come back by themselves', async () => {
    const response = await fetch(`${service.url}/jobs/${id}/events`, { headers: headerOf(seen.at(-1)?.id) });

    expect([response.status, await contract.findFaults('followJob', response)]).toEqual([204, []]);
  });

  it('is what the document says', async () => {
    const response = await fetch(`${service.url}/jobs/${id}/events`);

    expect(await contract.findFaults('followJob', response)).toEqual([]);
  });

  it.each(['nonsense', '1-2', '1-2-3-4'])('does not begin after %s', async (lastId) => {
    for (const path of [`/jobs/${id}/events`, '/jobs/events']) {
      if (path === '/jobs/events' && lastId === '1-2') continue;
      const response = await fetch(service.url + path, { headers: headerOf(lastId) });
      const { code, errors } = await problemOf(response);
      expect([response.status, code, errors?.[0]?.field]).toEqual([
        422,
        'validation_failed',
        'last_event_id',
      ]);
    }
  });

  it.each([UNKNOWN_ID, 'not-an-id'])('of no job, such as %s, is not found', async (unknown) => {
    const response = await fetch(`${service.url}/jobs/${unknown}/events`);

    expect([response.status, await contract.findFaults('followJob', response)]).toEqual([404, []]);
  });
});

describe('the stream of a job that waits', () => {
  it(
    'tells its place in the queue, and that it was cancelled, retried and deleted',
    async () => {
      const working = await addJob({ file: LONG });
      const waiting = await addJob({ file: SHORT });
      const stream = await follow(waiting);
      const begin = await stream.until(({ event }) => event === 'progress');
      await order(waiting, 'cancel');
      const end = await stream.rest();

      expect(begin.at(-1)?.data).toMatchObject({ stage: null, queue_position: 1, estimated_end_at: null });
      expect(reasonsOf([...begin, ...end])).toEqual(['created', 'cancelled']);
      expect(end.at(-1)).toMatchObject({ event: 'cancelled', data: { job_id: waiting } });

      await order(waiting, 'retry');
      const again = await follow(waiting, end.at(-1)?.id);
      expect(reasonsOf(await again.until(isStatus('queued')))).toEqual(['retried']);
      await order(waiting, 'delete');
      expect((await again.rest()).at(-1)).toMatchObject({ event: 'deleted', data: { job_id: waiting } });
      expect((await fetch(`${service.url}/jobs/${waiting}/events`)).status).toBe(404);
      await order(working, 'delete');
    },
    LIMIT_MS,
  );
});

describe('the stream of all jobs', () => {
  it(
    'tells every change of status once, and goes on where it was cut',
    async () => {
      const stream = await EventStream.open(`${service.url}/jobs/events`);
      const one = await addJob({ file: SHORT });
      const begin = await stream.until(({ data }) => data['job_id'] === one && data['to'] === 'queued');
      await stream.cut();
      const other = await addJob({ file: SHORT });
      const again = await EventStream.open(`${service.url}/jobs/events`, headerOf(begin.at(-1)?.id));
      const rest = await again.until(({ data }) => data['job_id'] === other && data['to'] === 'completed');
      await again.cut();

      const reasons = (job: string): unknown[] =>
        reasonsOf([...begin, ...rest].filter(({ data }) => data['job_id'] === job));
      expect(reasons(one)).toEqual(['created', 'claimed', 'completed']);
      expect(reasons(other)).toEqual(['created', 'claimed', 'completed']);
    },
    LIMIT_MS,
  );

  it(
    'tells that a job was deleted, also to who comes back after it',
    async () => {
      const stream = await EventStream.open(`${service.url}/jobs/events`);
      const job = await addJob({ file: SHORT });
      const begin = await stream.until(isStatus('queued'));
      await order(job, 'delete');
      const deleted = (await stream.until(({ event }) => event === 'deleted')).at(-1);
      await stream.cut();
      const again = await EventStream.open(`${service.url}/jobs/events`, headerOf(begin.at(-1)?.id));
      const told = (await again.until(() => true)).at(-1);
      await again.cut();

      expect([deleted?.data, told]).toEqual([{ job_id: job }, deleted]);
    },
    LIMIT_MS,
  );
});

describe('a user', () => {
  it('has a number of streams open, and gets each slot back when its client is gone', async () => {
    const open = (): Promise<EventStream> => EventStream.open(`${service.url}/jobs/events`);
    const [one, ...others] = await Promise.all([open(), open(), open()]);
    const refused = await fetch(`${service.url}/jobs/events`);

    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, expect.any(String)]);
    expect((await problemOf(refused)).code).toBe('too_many_streams');
    await one.cut();
    let again: EventStream | undefined;
    await waitFor(async () => (again = await open().catch(() => undefined)) !== undefined);
    for (const stream of [...others, again]) await stream?.cut();
  });
});

describe('the end of the service', () => {
  it('ends the streams with a time to come back after, and is not held up by them', async () => {
    const stream = await EventStream.open(`${service.url}/jobs/events`);
    const documented = await fetch(`${service.url}/jobs/events`);
    const faults = contract.findFaults('followJobs', documented);
    const code = await service.stop();

    expect(await stream.rest()).toEqual([]);
    expect(stream.text).toMatch(/^retry: \d+\n\nid: \d+-\d+\n\n(?:.|\n)*retry: \d+\n\n$/);
    expect([code, await faults]).toEqual([0, []]);
    expect(contract.findUnseenSuccesses((tag) => tag === 'Job events')).toEqual([]);
  });
});
