/** How loud recordings are. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Media, MediaPeaks } from '@whisper-transcriber/client-sdk';
import { jsonOf, upload, type UploadInput } from '../support/api-client.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { query } from '../support/embedded-server.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { startService, type RunningService } from '../support/start-service.js';

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
const countKept = async (): Promise<number> => (await query(database.url, 'select from media_peaks')).length;

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
    expect(await countKept()).toBe(1);

    await fetch(`${service.url}/media/${id}`, { method: 'DELETE' });
    expect([(await ask(id)).status, await countKept()]).toEqual([404, 0]);
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

describe('the document', () => {
  it('has no success that was not seen here', () => {
    expect(contract.findUnseenSuccesses((tag) => tag === 'Waveforms')).toEqual([]);
  });
});
