/** The SDK where there were too many requests. */
import { describe, expect, it } from '@jest/globals';
import { createClient, listJobs } from '@whisper-transcriber/client-sdk';
import { OutsideServer } from '../support/outside-server.js';
import { errorOf } from '../support/sdk-errors.js';
import { startService } from '../support/start-service.js';

describe('an answer that asks to come back', () => {
  /** What stands before the service and has had enough of it, so many times. */
  const openBusy = (times: number, retryAfter: string): Promise<OutsideServer> => {
    const left = { times };
    const problem = {
      type: 'about:blank',
      title: 'Busy',
      status: 429,
      detail: 'Busy.',
      code: 'rate_limited',
    };
    return OutsideServer.http((_request, response) => {
      if ((left.times -= 1) < 0) {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"jobs":[]}');
        return;
      }
      const headers = { 'content-type': 'application/problem+json', 'retry-after': retryAfter };
      response.writeHead(429, headers).end(JSON.stringify(problem));
    });
  };

  it('is one of the service, with the seconds that it names', async () => {
    const limited = await startService({ env: { RATE_LIMIT_USER_PER_MINUTE: '1' } });
    try {
      const client = createClient({ baseUrl: limited.url, retries: 0 });
      const ask = async (): Promise<unknown> => listJobs({ client: client.api });
      await ask();

      const error = await errorOf(ask().then(ask));

      expect(error).toMatchObject({ name: 'TranscriberError', code: 'rate_limited', status: 429 });
      expect(error.retryAfter).toBeGreaterThan(0);
      expect(error.retryAfter).toBeLessThanOrEqual(60);
    } finally {
      await limited.stop();
    }
  }, 90_000);

  it('is followed: the request is made again', async () => {
    const busy = await openBusy(1, '0');
    try {
      const client = createClient({ baseUrl: busy.url('', '127.0.0.1') });

      expect((await listJobs({ client: client.api })).data).toEqual({ jobs: [] });
      expect(busy.requests).toHaveLength(2);
    } finally {
      await busy.close();
    }
  });

  it('is not waited for longer than a minute: the caller decides', async () => {
    const busy = await openBusy(1, '61');
    try {
      const client = createClient({ baseUrl: busy.url('', '127.0.0.1') });

      const error = await errorOf(listJobs({ client: client.api }));

      expect(error).toMatchObject({ code: 'rate_limited', retryAfter: 61 });
      expect(busy.requests).toHaveLength(1);
    } finally {
      await busy.close();
    }
  });

  it('with a date names the seconds until then', async () => {
    const busy = await openBusy(1, new Date(Date.now() + 3_600_000).toUTCString());
    try {
      const client = createClient({ baseUrl: busy.url('', '127.0.0.1'), retries: 0 });

      const { retryAfter } = await errorOf(listJobs({ client: client.api }));

      expect(retryAfter).toBeGreaterThan(3500);
    } finally {
      await busy.close();
    }
  });
});
