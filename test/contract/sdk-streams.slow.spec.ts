/** The SDK's streams of events: what they tell, and that they leave no connection behind. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createClient,
  followJobs,
  getTranscript,
  type FollowedJobEvent,
} from '@whisper-transcriber/client-sdk';
import { longRecording } from '../support/long-recording.js';
import { startService, type RunningService } from '../support/start-service.js';

const MIB = 2 ** 20;
const LIMIT_MS = 180_000;

let service: RunningService;
let client: ReturnType<typeof createClient>;
let recording: Buffer<ArrayBuffer>;

beforeAll(async () => {
  recording = await longRecording(4 * MIB);
  // A second stream is refused for as long as the first one has its connection.
  service = await startService({ env: { MAX_STREAMS_PER_USER: '1' } });
  client = createClient({ baseUrl: service.url });
}, LIMIT_MS);

afterAll(async () => {
  await service.stop();
});

/** Resolves once the service has room for a stream, which it says as soon as the last one is gone. */
async function hasRoom(): Promise<void> {
  const stop = new AbortController();
  const onOpen = (): void => {
    stop.abort();
  };
  await expect(client.jobEvents({ signal: stop.signal, onOpen }).next()).rejects.toMatchObject({
    name: 'AbortError',
  });
}

async function cancelledJob(): Promise<string> {
  const jobId = await client.submit(recording);
  await fetch(`${service.url}/jobs/${jobId}/cancel`, { method: 'POST' });
  return jobId;
}

describe('the events of one job', () => {
  it(
    'tell its status, how far it is, and its text as it grows, and are over when it has ended',
    async () => {
      const jobId = await client.submit(recording);
      const events: FollowedJobEvent[] = [];

      for await (const event of client.eventsOfJob(jobId)) events.push(event);

      const types = new Set(events.map(({ type }) => type));
      expect([...types]).toEqual(expect.arrayContaining(['status', 'progress', 'segments']));
      expect(events.at(-1)).toMatchObject({ type: 'completed', job_id: jobId });
      const told = events.flatMap((event) => (event.type === 'segments' ? event.segments : []));
      const { data: transcript } = await getTranscript({ client: client.api, path: { job_id: jobId } });
      expect(told.map(({ text }) => text)).toEqual(transcript.segments.map(({ text }) => text));
    },
    LIMIT_MS,
  );

  it(
    'go on with what comes after an event, and are none after the last one',
    async () => {
      const jobId = await cancelledJob();
      const all: FollowedJobEvent[] = [];
      for await (const event of client.eventsOfJob({ job_id: jobId })) all.push(event);

      const rest: FollowedJobEvent[] = [];
      const first = all[0]?.id;
      for await (const event of client.eventsOfJob(jobId, { lastEventId: first })) rest.push(event);
      const after: FollowedJobEvent[] = [];
      const last = all.at(-1)?.id;
      for await (const event of client.eventsOfJob(jobId, { lastEventId: last })) after.push(event);

      expect(rest.at(-1)).toMatchObject({ type: 'cancelled' });
      expect(rest.map(({ id }) => id)).not.toContain(first);
      expect(after).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'say when there is no stream to be had, and wait for what is done meanwhile',
    async () => {
      const jobId = await client.submit(recording);
      const stop = new AbortController();
      // It has its place once it is answered.
      const other = await fetch(`${service.url}/jobs/events`, { signal: stop.signal });
      expect(other.status).toBe(200);
      let lost = 0;
      const onLost = async (): Promise<void> => {
        lost += 1;
        await fetch(`${service.url}/jobs/${jobId}/cancel`, { method: 'POST' });
        stop.abort();
      };
      const types: string[] = [];

      for await (const { type } of client.eventsOfJob(jobId, { onLost })) types.push(type);

      expect(lost).toBeGreaterThan(0);
      expect(types.at(-1)).toBe('cancelled');
    },
    LIMIT_MS,
  );
});

describe('a stream of a generated function', () => {
  it('is closed when nobody reads on', async () => {
    let begun: Promise<string> | undefined;
    const { stream } = await followJobs({
      client: client.api,
      // The first only says where the stream begins.
      onSseEvent: () => {
        begun ??= cancelledJob();
      },
    });

    for await (const event of stream) {
      expect(event).toHaveProperty('job_id');
      break;
    }

    await begun;
    await hasRoom();
  });

  it('is closed when a handler throws, whose error the reader gets', async () => {
    const failure = new Error('of the handler');
    const { stream } = await followJobs({
      client: client.api,
      onSseEvent: () => {
        throw failure;
      },
    });

    await expect(stream.next()).rejects.toBe(failure);

    await hasRoom();
  });
});
