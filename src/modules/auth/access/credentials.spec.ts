import { describe, expect, it } from '@jest/globals';
import { generateApiKey, hashSecret, isApiKey, prefixOf } from '../api-keys/api-key.secret.js';
import { credentialsOf } from './credentials.js';

const KEY = `wt_${'a'.repeat(43)}`;

describe('an API key', () => {
  it('is "wt_" and 43 characters, and never the same twice', () => {
    const keys = Array.from({ length: 100 }, generateApiKey);

    expect(keys.every(isApiKey)).toBe(true);
    expect(new Set(keys).size).toBe(100);
  });

  it('shows little of itself in its prefix and nothing in its hash', () => {
    expect(prefixOf(KEY)).toBe('wt_aaaaaaaa');
    expect(hashSecret(KEY)).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('credentialsOf', () => {
  it.each([
    [{ 'x-api-key': KEY }, 'api_key'],
    [{ authorization: `Bearer ${KEY}` }, 'api_key'],
    [{ authorization: `bearer  ${KEY}` }, 'api_key'],
    [{}, 'none'],
    [{ authorization: '' }, 'unknown'],
    [{ authorization: `Basic ${KEY}` }, 'unknown'],
    [{ authorization: `Bearer ${KEY} ${KEY}` }, 'unknown'],
    [{ authorization: `Bearer ${KEY}x` }, 'unknown'],
    [{ 'x-api-key': '' }, 'unknown'],
    [{ 'x-api-key': KEY, authorization: `Bearer ${KEY}` }, 'unknown'],
  ])('reads %j as %s', (headers, kind) => {
    expect(credentialsOf({ headers }).kind).toBe(kind);
  });
});
