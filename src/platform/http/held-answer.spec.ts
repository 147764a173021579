import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { sendHeld } from './held-answer.js';

const JSON_ANSWER = { contentType: 'application/json', filler: ' ', fillAfterMs: 15_000 };

describe('an answer that is held back', () => {
  let server: Server;
  let say: () => AsyncIterable<string>;
  let holdMs: number;

  beforeEach(async () => {
    const app = express();
    app.get('/', (_request, response) => {
      sendHeld(say(), response, { ...JSON_ANSWER, holdMs }).catch(() => {
        if (response.headersSent) response.destroy();
        else response.status(500).end();
      });
    });
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.close();
  });

  const ask = (): Promise<Response> =>
    fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);

  it('is sent in one piece when it is there in time', async () => {
    holdMs = 60_000;
    say = async function* () {
      yield '{"text":';
      yield await Promise.resolve('"hello"}');
    };
    const answer = await ask();

    expect(answer.headers.get('content-length')).toBe('16');
    expect(await answer.json()).toEqual({ text: 'hello' });
  });

  it('begins with what fills the silence when it is not, and ends as it would have', async () => {
    holdMs = 0;
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    say = async function* () {
      await finished;
      yield '{"text":"hello"}';
    };
    const answer = await ask();
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, null]);
    finish();

    expect(await answer.text()).toBe(' {"text":"hello"}');
  });

  it('tells a failure by its status as long as nothing was sent', async () => {
    holdMs = 60_000;

    say = async function* () {
      await Promise.reject(new Error('broken'));
    };

    expect((await ask()).status).toBe(500);
  });

  it('breaks off at a failure when it has begun', async () => {
    holdMs = 0;
    let fail = (): void => undefined;
    const failed = new Promise<void>((_resolve, reject) => {
      fail = () => {
        reject(new Error('broken'));
      };
    });

    say = async function* () {
      await failed;
    };
    const answer = await ask();
    fail();

    await expect(answer.text()).rejects.toThrow('terminated');
  });
});
