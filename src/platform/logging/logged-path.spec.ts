import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { loggedPathOf } from './logged-path.js';

const ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';

function request(routed: object): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { url: '/wt_secret?q=secret' }, routed);
}

describe('the path in the log', () => {
  it.each([
    ['ids', '/jobs/:id', { id: ID }, `/jobs/${ID}`],
    ['a placeholder for what is none', '/auth/api-keys/:id', { id: 'wt_secret' }, '/auth/api-keys/:id'],
    ['both', '/uploads/:a/chunks/:b', { a: ID, b: 'secret' }, `/uploads/${ID}/chunks/:b`],
    ['nothing of a rest', '/assets/*rest', { rest: ['secret'] }, '/assets/*rest'],
  ])('is the pattern of the route with %s', (_what, path, params, logged) => {
    expect(loggedPathOf(request({ route: { path }, params }))).toBe(logged);
  });

  it('is not there for a request that met no route', () => {
    expect(loggedPathOf(request({}))).toBeUndefined();
  });
});
