import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { loadAppConfig } from '../../../platform/config/app-config.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { UuidV7Generator } from '../../../platform/runtime/id-generator.js';
import { AccessTokens } from './access-tokens.js';
import { sampleKey } from '../../../../test/support/sample-key.js';

const OLD = sampleKey('0123456789abcdef');
const NEW = sampleKey('fedcba9876543210');
const CLAIMS = { userId: 'user', sessionId: 'session' };

class HeldClock extends Clock {
  seconds = 1_900_000_000;

  override now(): Date {
    return new Date(this.seconds * 1000);
  }
}

const clock = new HeldClock();
const tokensOf = (JWT_SECRET_KEY: string): AccessTokens =>
  new AccessTokens(loadAppConfig({ JWT_SECRET_KEY }, false), clock, new UuidV7Generator());

interface Parts {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
}

/** Takes a token apart, changes it and signs it again with a key of ours, or not at all. */
async function forge(change: (parts: Parts) => void, key: string | null = OLD): Promise<string> {
  const [header = '', payload = ''] = (await tokensOf(OLD).sign(CLAIMS)).split('.');
  const decode = (text: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>;
  const parts = { header: decode(header), payload: decode(payload) };
  change(parts);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode(parts.header)}.${encode(parts.payload)}`;
  return `${text}.${key === null ? '' : createHmac('sha256', key).update(text).digest('base64url')}`;
}

describe('an access token', () => {
  it('says whose session it is, for an hour', async () => {
    const token = await tokensOf(OLD).sign(CLAIMS);
    expect(await tokensOf(OLD).verify(token)).toEqual(CLAIMS);

    clock.seconds += 3600;
    expect(await tokensOf(OLD).verify(token)).toBeNull();
  });

  it('outlives the rotation of its key by one key', async () => {
    const token = await tokensOf(OLD).sign(CLAIMS);

    expect(await tokensOf(`${NEW},${OLD}`).verify(token)).toEqual(CLAIMS);
    expect(await tokensOf(NEW).verify(token)).toBeNull();
    const fresh = await tokensOf(`${NEW},${OLD}`).sign(CLAIMS);
    expect(await tokensOf(OLD).verify(fresh)).toBeNull();
  });

  it('is accepted when it is put together again unchanged, so that the forgeries below fail for their own reason', async () => {
    expect(await tokensOf(OLD).verify(await forge(() => undefined))).toEqual(CLAIMS);
  });

  it.each<[string, (parts: Parts) => void, string | null]>([
    ['alg:none', ({ header }) => (header['alg'] = 'none'), null],
    ['alg:none with a signature', ({ header }) => (header['alg'] = 'none'), OLD],
    ['another algorithm', ({ header }) => (header['alg'] = 'HS384'), OLD],
    ['another key', () => undefined, NEW],
    ['no signature', () => undefined, null],
    ['an unknown kid', ({ header }) => (header['kid'] = '../../dev/null'), OLD],
    ['no kid', ({ header }) => delete header['kid'], OLD],
    ['another type', ({ header }) => (header['typ'] = 'JWT'), OLD],
    ['another issuer', ({ payload }) => (payload['iss'] = 'evil'), OLD],
    ['another audience', ({ payload }) => (payload['aud'] = 'evil'), OLD],
    ['no end', ({ payload }) => delete payload['exp'], OLD],
    ['no session', ({ payload }) => delete payload['sid'], OLD],
  ])('is refused with %s', async (_what, change, key) => {
    expect(await tokensOf(OLD).verify(await forge(change, key))).toBeNull();
  });

  it.each(['', 'a.b.c', 'x'.repeat(10_000)])('is refused when it is none', async (token) => {
    expect(await tokensOf(OLD).verify(token)).toBeNull();
  });
});
