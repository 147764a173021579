/** How loud recordings are. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Media, MediaPeaks } from '@whisper-transcriber/client-sdk';
import { jsonOf, upload, type UploadInput } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { wavHeader } from '../support/wav-file.js';
import { startService, type RunningService } from '../support/start-service.js';

const SAMPLE_RATE = 8000;
/** Of 128. */
const TONES = [30, 60, 120];

const contract = new OpenApiContract();
let database: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  database = await openOnServer();
  service = await startService({ env: { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false' } });
}, 90_000);

afterAll(async () => {
  await service.stop();
  await database.close();
});

const store = async (input: UploadInput): Promise<Media> =>
  jsonOf<Media>(await upload(service.url, { path: '/media', ...input }));
const ask = (id: string, search = '', headers = {}): Promise<Response> =>
  fetch(`${service.url}/media/${id}/peaks${search}`, { headers });
const countKept = async (id: string): Promise<number> =>
  (await query(database.url, `select from media_peaks where media_file_id = '${id}'`)).length;

describe('the peaks of a recording', () => {
  it('are found out once, however many ask at the same moment, and go with it', async () => {
    const { media_id: id, duration_seconds: duration } = await store({
      file: 'docs/samples/sense-and-sensibility.wav',
    });
    const answers = await Promise.all(
      ['', '', '?points=10', '?points=20000'].map((search) => ask(id, search)),
    );
    for (const answer of answers)
      expect(await contract.findFaults('getMediaPeaks', answer.clone())).toEqual([]);
    const [first, second, few, all] = await Promise.all(answers.map((answer) => jsonOf<MediaPeaks>(answer)));

    expect(first).toEqual(second);
    expect([few?.min.length, few?.max.length]).toEqual([10, 10]);
    expect(Math.abs((all?.max.length ?? 0) / 20 - (duration ?? 0))).toBeLessThan(0.1);
    expect(Math.max(...(few?.max ?? []))).toBe(Math.max(...(all?.max ?? [])));
    expect(Math.max(...(few?.max ?? []))).toBeGreaterThan(0.05);
    expect(Math.min(...(all?.min ?? []))).toBeLessThan(0);
    expect(await countKept(id)).toBe(1);

    await fetch(`${service.url}/media/${id}`, { method: 'DELETE' });
    expect([(await ask(id)).status, await countKept(id)]).toEqual([404, 0]);
  });

  it('are answered by their tag', async () => {
    const { media_id: id } = await store({ file: 'clips/fr/bonjour_monde.wav' });
    const response = await ask(id);
    const etag = response.headers.get('etag') ?? '';

    expect(response.headers.get('cache-control')).toBe('private, no-cache');
    // What fetch would send by itself says that nothing is to be taken from a cache.
    const headers = { 'if-none-match': etag, 'cache-control': 'max-age=0' };
    expect((await ask(id, '', headers)).status).toBe(304);
    expect((await ask(id, '?points=5', headers)).status).toBe(200);
  });

  it.each(['0', '20001', 'x', '1.5'])('have no %s points', async (points) => {
    const { media_id: id } = await store({ file: 'clips/fr/bonjour_monde.wav' });

    expect(await contract.refusalOf('getMediaPeaks', await ask(id, `?points=${points}`))).toEqual([
      422,
      'validation_failed',
    ]);
  });
});

/** Three hours of silence, a tone at the end of each of them, whose loudness tells which. */
function threeHours(): Buffer<ArrayBuffer> {
  const bytes = 3 * 3600 * SAMPLE_RATE;
  const recording = Buffer.concat([
    wavHeader({ sampleRate: SAMPLE_RATE, bits: 8, bytes }),
    Buffer.alloc(bytes, 0x80),
  ]);
  const header = recording.length - bytes;
  for (const [hour, loudness] of TONES.entries()) {
    const from = header + ((hour + 1) * 3600 - 1) * SAMPLE_RATE;
    for (let at = 0; at < SAMPLE_RATE; at++)
      recording[from + at] = 0x80 + Math.round(loudness * Math.sin((2 * Math.PI * 200 * at) / SAMPLE_RATE));
  }
  return recording;
}

describe('the peaks of three hours', () => {
  const memoryPeak = async (): Promise<number> => {
    const status = await readFile(`/proc/${service.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  };

  it('are made without having the sound in memory, once for all who ask', async () => {
    const { media_id: id } = await store({ content: threeHours(), filename: 'three-hours.wav' });
    // From here on the highest that it had counts.
    await writeFile(`/proc/${service.pid}/clear_refs`, '5');
    const before = await memoryPeak();
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(id, '?points=3')));
    const [first, ...others] = await Promise.all(answers.map((answer) => jsonOf<MediaPeaks>(answer)));

    expect(first?.max.map((peak) => Math.round(peak * 128))).toEqual(
      TONES.map((loudness) => expect.closeTo(loudness, -1)),
    );
    for (const other of others) expect(other).toEqual(first);
    expect(await countKept(id)).toBe(1);
    // As samples it is 660 MiB.
    expect((await memoryPeak()) - before).toBeLessThan(200);
    await fetch(`${service.url}/media/${id}`, { method: 'DELETE' });
  });

  it('are nothing once it is deleted, also for those who wait for them', async () => {
    const { media_id: id } = await store({ content: threeHours(), filename: 'three-hours.wav' });
    const asked = ask(id);
    await fetch(`${service.url}/media/${id}`, { method: 'DELETE' });

    expect(await contract.refusalOf('getMediaPeaks', await asked)).toEqual([404, 'media_not_found']);
    expect(await countKept(id)).toBe(0);
  });
});

describe('the document', () => {
  it('has no success that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => tag === 'Waveforms')).toEqual([]);
  });
});
