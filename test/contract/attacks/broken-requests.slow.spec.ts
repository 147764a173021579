/** Attacks with requests that are none, or that never end. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Problem } from '@whisper-transcriber/client-sdk';
import { startService, type RunningService } from '../../support/start-service.js';
import { waitFor } from '../../support/wait-for.js';

let service: RunningService;

beforeAll(async () => {
  service = await startService({ env: { WORKER_EMBEDDED: 'false', ANONYMOUS_LOCAL: 'false' } });
}, 90_000);

afterAll(async () => {
  await service.stop();
});

/** All that comes back until the service closes the connection. */
async function answerTo(request: string): Promise<{ status: number; head: string; problem: Problem }> {
  const { port, hostname } = new URL(service.url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  socket.write(request);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  return {
    status: Number(head.split(' ')[1]),
    head: head.toLowerCase(),
    problem: JSON.parse(body) as Problem,
  };
}

const LONG = 'x'.repeat(20_000);

describe('a broken request', () => {
  it.each([
    ['no HTTP', 400, 'malformed_request', 'hello\r\n\r\n'],
    ['an unknown method', 400, 'malformed_request', 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n'],
    [
      'two lengths (request smuggling)',
      400,
      'malformed_request',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'a field that goes on in the next line',
      400,
      'malformed_request',
      'GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n',
    ],
    ['long header fields', 431, 'headers_too_large', `GET / HTTP/1.1\r\nHost: x\r\nX: ${LONG}\r\n\r\n`],
    [
      'long chunk extensions',
      413,
      'body_too_large',
      `POST /auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;${LONG}\r\nx\r\n`,
    ],
    [
      'an expectation that nobody meets',
      417,
      'expectation_failed',
      'POST / HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\nContent-Length: 0\r\n\r\n',
    ],
  ])(
    'with %s is answered with %d, a problem and the security headers',
    async (_what, status, code, request) => {
      const answer = await answerTo(request);

      expect([answer.status, answer.problem.status, answer.problem.code]).toEqual([status, status, code]);
      expect(answer.head).toContain('\r\ncontent-type: application/problem+json; charset=utf-8');
      expect(answer.head).toMatch(/\r\ncontent-security-policy: default-src 'none';/);
      for (const field of ['x-content-type-options: nosniff', 'x-frame-options: deny', 'connection: close'])
        expect(answer.head).toContain(`\r\n${field}`);
      expect(answer.head).not.toContain('strict-transport-security');
    },
  );
});

describe('a body that is held back, without credentials', () => {
  it('costs a connection for half a minute, and no more', async () => {
    const { status, problem } = await answerTo(
      'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"username":',
    );

    expect([status, problem.code]).toEqual([408, 'request_timeout']);
  }, 60_000);
});

describe('a body that cannot be read', () => {
  const send = (path: string): Promise<Response> =>
    fetch(service.url + path, { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } });

  it('is not looked at before it is known who sent it', async () => {
    expect((await send('/auth/api-keys')).status).toBe(401);
  });

  it('counts as a request, with an id that is in the log', async () => {
    const response = await send('/auth/login');
    const problem = (await response.json()) as Problem;

    expect([response.status, problem.code]).toEqual([400, 'malformed_json']);
    expect(response.headers.get('ratelimit')).toContain('"address"');
    expect(problem.request_id).toBe(response.headers.get('x-request-id'));
    await waitFor(() => service.log().includes(problem.request_id ?? 'no id'));
  });
});
