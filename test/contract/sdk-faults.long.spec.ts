/** The SDK on networks that fail, and against a service that goes and comes back. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createClient,
  getJob,
  TranscriberError,
  type TranscriptionProgress,
} from '@whisper-transcriber/client-sdk';
import { EventStream } from '../support/event-stream.js';
import { findFreePort } from '../support/free-port.js';
import { longRecording } from '../support/long-recording.js';
import { startService, type RunningService } from '../support/start-service.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const MIB = 2 ** 20;
const CHUNK_BYTES = MIB / 2;
const LIMIT_MS = 180_000;

let service: RunningService;
let dataDir: string;
let port: string;
let network: TcpProxy;
let recording: Buffer<ArrayBuffer>;

beforeAll(async () => {
  recording = await longRecording(4 * MIB);
  dataDir = await mkdtemp(path.join(tmpdir(), 'sdk-'));
  port = String(await findFreePort());
  service = await start();
}, LIMIT_MS);

afterAll(async () => {
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  network = new TcpProxy({ host: '127.0.0.1', port: Number(port) });
  await network.open();
});

afterEach(async () => {
  await network.cut();
});

function start(): Promise<RunningService> {
  return startService({ dataDir, env: { PORT: port, MAX_STREAMS_PER_USER: '1' } });
}

/** What a client asked, as method and path, over the network that can be cut. */
function openClient(): { client: ReturnType<typeof createClient>; asked: string[] } {
  const asked: string[] = [];
  const noting: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    asked.push(`${request.method} ${new URL(request.url).pathname.replace(/[\w-]{36}/, 'ID')}`);
    return fetch(request);
  };
  const baseUrl = `http://127.0.0.1:${network.port}`;
  return { client: createClient({ baseUrl, chunkBytes: CHUNK_BYTES, fetch: noting }), asked };
}

async function sha256OfJob(jobId: string): Promise<string> {
  const client = createClient({ baseUrl: service.url });
  const { data: job } = await getJob({ client: client.api, path: { job_id: jobId } });
  const media = await fetch(`${service.url}/media/${job.media_id ?? ''}`);
  return digestOf(await media.arrayBuffer());
}

async function digestOf(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

describe('an upload', () => {
  it(
    'whose connection is cut goes on where the service has got to',
    async () => {
      const { client, asked } = openClient();
      const percents: (number | null)[] = [];
      let cuts = 0;
      const onProgress = ({ phase, percent }: TranscriptionProgress): void => {
        if (phase !== 'uploading') return;
        percents.push(percent);
        if (cuts > 0 || (percent ?? 0) < 40) return;
        cuts += 1;
        void network.cut().then(() => network.open());
      };

      const jobId = await client.submit(recording, { onProgress });

      expect(cuts).toBe(1);
      expect(asked.filter((one) => one === 'POST /uploads/tus')).toHaveLength(1);
      expect(asked).toContain('HEAD /uploads/tus/ID');
      expect(percents).toEqual(percents.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
      expect(await sha256OfJob(jobId)).toBe(await digestOf(recording));
      await fetch(`${service.url}/jobs/${jobId}/cancel`, { method: 'POST' });
    },
    LIMIT_MS,
  );

  it(
    'whose last answer got lost has its job all the same',
    async () => {
      let lost = 0;
      const losing: typeof fetch = async (input, init) => {
        const response = await fetch(input, init);
        if (response.headers.get('x-job-id') === null || lost > 0) return response;
        lost += 1;
        throw new TypeError('lost');
      };
      const client = createClient({ baseUrl: service.url, chunkBytes: CHUNK_BYTES, fetch: losing });

      const jobId = await client.submit(recording);

      expect(lost).toBe(1);
      expect(await sha256OfJob(jobId)).toBe(await digestOf(recording));
      await fetch(`${service.url}/jobs/${jobId}/cancel`, { method: 'POST' });
    },
    LIMIT_MS,
  );
});

describe('an upload under a key', () => {
  it('that a program broke off is gone on with by the next one, and not done again when it is done', async () => {
    const baseUrl = service.url;
    let sent = 0;
    const dying: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      if (request.method === 'PATCH' && (sent += 1) > 3) throw new TypeError('dead');
      return fetch(request);
    };
    const idempotencyKey = crypto.randomUUID();
    const options = { filename: 'talk.wav', idempotencyKey };
    const broken = createClient({ baseUrl, chunkBytes: CHUNK_BYTES, fetch: dying, retries: 0 });
    await expect(broken.submit(recording, options)).rejects.toThrow(TranscriberError);
    const { client, asked } = openClient();

    const jobId = await client.submit(recording, options);

    // The first one learns that three of the eight pieces are there.
    expect(asked.filter((one) => one.startsWith('PATCH'))).toHaveLength(1 + 8 - 3);
    expect(await sha256OfJob(jobId)).toBe(await digestOf(recording));
    expect(await client.submit(recording, options)).toBe(jobId);
    await fetch(`${service.url}/jobs/${jobId}/cancel`, { method: 'POST' });
  });
});

describe('a job', () => {
  it(
    'is followed over a restart of the service, to the text that it has without one',
    async () => {
      const undisturbed = await createClient({ baseUrl: service.url }).transcribe(recording);
      const { client } = openClient();
      let restarted: Promise<void> | undefined;
      const onProgress = ({ phase }: TranscriptionProgress): void => {
        if (phase === 'transcribing') restarted ??= restart();
      };

      const transcript = await client.transcribe(recording, { onProgress });

      expect(restarted).toBeDefined();
      await restarted;
      expect(transcript.text).toBe(undisturbed.text);
    },
    LIMIT_MS,
  );

  it(
    'is looked at where there is no stream of events to be had',
    async () => {
      const { client, asked } = openClient();
      const jobId = await client.submit(recording);
      const other = await EventStream.open(`${service.url}/jobs/events`);
      const phases = new Set<string>();
      try {
        const job = await client.waitFor(jobId, { onProgress: ({ phase }) => phases.add(phase) });

        expect(job.status).toBe('completed');
        expect([...phases]).toContain('transcribing');
        expect(asked.filter((one) => one === 'GET /jobs/ID').length).toBeGreaterThan(1);
      } finally {
        await other.cut();
      }
    },
    LIMIT_MS,
  );
});

describe('the events of all jobs', () => {
  it(
    'go on without a gap where the connection was cut',
    async () => {
      const { client, asked } = openClient();
      const stop = new AbortController();
      const seen: string[] = [];
      let opened = 0;
      let jobId: string | undefined;
      const onOpen = (): void => {
        opened += 1;
        if (opened === 1) void createClient({ baseUrl: service.url }).submit(recording);
      };

      for await (const event of client.jobEvents({ signal: stop.signal, onOpen })) {
        if (event.type !== 'status') continue;
        if (event.to === 'queued') jobId ??= event.job_id;
        if (event.job_id !== jobId) continue;
        seen.push(event.to);
        if (event.to === 'processing') {
          await network.cut();
          await fetch(`${service.url}/jobs/${jobId}/cancel`, { method: 'POST' });
          await network.open();
        }
        if (event.to === 'cancelled') break;
      }

      expect(seen).toEqual(['queued', 'processing', 'cancelled']);
      expect(opened).toBe(2);
      expect(asked.filter((one) => one === 'GET /jobs/events').length).toBeGreaterThan(1);
    },
    LIMIT_MS,
  );

  it('end with the reason of the signal', async () => {
    const { client } = openClient();
    const reason = new Error('enough');
    const stop = new AbortController();
    const events = client.jobEvents({
      signal: stop.signal,
      onOpen: () => {
        stop.abort(reason);
      },
    });

    await expect(events.next()).rejects.toBe(reason);
  });

  it('are refused with what the service says, after the patience that the client has', async () => {
    const other = await EventStream.open(`${service.url}/jobs/events`);
    try {
      const client = createClient({ baseUrl: service.url, retries: 0 });
      await expect(client.jobEvents().next()).rejects.toMatchObject({
        name: 'TranscriberError',
        code: 'too_many_streams',
        status: 429,
        retryAfter: expect.any(Number),
      });
    } finally {
      await other.cut();
    }
  });
});

async function restart(): Promise<void> {
  await service.kill();
  service = await start();
}
