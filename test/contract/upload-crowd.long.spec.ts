/** Many uploads at the same moment. `npm run bench -- uploads crowd` does the same with larger files. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { NO_RATE_LIMITS } from '../support/rate-limits.js';
import { startService, type RunningService } from '../support/start-service.js';
import { arrivedAsSent, sendCrowd } from '../support/upload-crowd.js';

const FILES = 200;
const FILE_BYTES = 5_000_000;
const LIMIT_MS = 300_000;

let database: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  database = await openOnServer();
  service = await startService({
    env: { DATABASE_URL: database.url, WORKER_EMBEDDED: 'false', ...NO_RATE_LIMITS },
  });
}, 90_000);

afterAll(async () => {
  await service.stop();
  await database.close();
});

describe(`${FILES} uploads at a time`, () => {
  it(
    'all become jobs without being refused once, each with the bytes that were sent',
    async () => {
      const arrivals = await sendCrowd(service.url, FILES, FILE_BYTES);
      expect(arrivals.filter(({ jobId, repeats }) => jobId === null || repeats > 0)).toEqual([]);
      expect(new Set(arrivals.map(({ jobId }) => jobId)).size).toBe(FILES);
      for (const arrival of arrivals) expect(await arrivedAsSent(service.url, arrival)).toBe(true);
    },
    LIMIT_MS,
  );
});
