import { describe, expect, it } from '@jest/globals';
import { matchRoute, pathOfOldAddress } from './route-match.js';

describe('matchRoute', () => {
  it.each([
    ['/', '/', {}],
    ['/app/jobs', '/app/jobs/', {}],
    ['/app/jobs/:id', '/app/jobs/7', { id: '7' }],
    ['/app/jobs/:id', '/app/jobs/a%20b', { id: 'a b' }],
    ['/app/jobs/:id', '/app/jobs/%E0%A4', { id: '%E0%A4' }],
    ['/app/account/:part?', '/app/account', {}],
    ['/app/account/:part?', '/app/account/keys', { part: 'keys' }],
  ])('finds %s in %s', (pattern, path, parameters) => {
    expect(matchRoute(pattern, path)).toEqual(parameters);
  });

  it.each([
    ['/', '/app'],
    ['/app/jobs', '/app/job'],
    ['/app/jobs', '/app/jobs/7'],
    ['/app/jobs/:id', '/app/jobs'],
    ['/app/account/:part?', '/app/account/keys/7'],
  ])('does not find %s in %s', (pattern, path) => {
    expect(matchRoute(pattern, path)).toBeNull();
  });
});

describe('pathOfOldAddress', () => {
  it('leads from the address of a job on the first page to its page', () => {
    expect(pathOfOldAddress('#job=0189-ab')).toBe('/app/jobs/0189-ab');
  });

  it.each(['', '#', '#job=', '#job=../x', '#other'])('knows that %p is none', (hash) => {
    expect(pathOfOldAddress(hash)).toBeNull();
  });
});
