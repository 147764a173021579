import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { FAST_PASSWORD, findSecretFault, KEY, PASSWORD, PLACEHOLDER_RULES } from './secret-rules.js';

const PRINTABLE = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));

function randomPassword(length: number): string {
  return Array.from(randomBytes(length), (byte) => PRINTABLE[byte % PRINTABLE.length]).join('');
}

describe('findSecretFault', () => {
  it.each(PLACEHOLDER_RULES.flatMap(({ examples }) => examples))('takes %s for a placeholder', (value) => {
    expect(findSecretFault(value, PASSWORD)).toBe('is a placeholder');
  });

  // The list of the original system, of which every variant was let through.
  it.each(['change-me', 'changeme', 'default', 'placeholder', 'example', 'sample', 'localtest'])(
    'takes %s for a placeholder, however it is written',
    (value) => {
      for (const variant of [value, value.toUpperCase(), `${value}-${value}`, `${value}_2026!`, `"${value}"`])
        expect(findSecretFault(variant, PASSWORD)).toBe('is a placeholder');
    },
  );

  it.each(['postgres', 'admin', 'root', 'redis', 'foobared', 'password', 'test', 'whisper'])(
    'takes the password %s, which everybody tries first, for a placeholder',
    (value) => {
      expect(findSecretFault(value, PASSWORD)).toBe('is a placeholder');
    },
  );

  it.each([
    'passwordsecretpasswordsecretx',
    'ChangeMeNow1234',
    'changemenow1234',
    'MySecretIsLong77',
    'ourdefaultadmintoken9',
    'xpassword1234x',
    'Passw0rd!2024',
    'iloveyou1234',
    'productionsecretkeyproductionsecretkeyproductionsecretkey-4711-abcd',
  ])('takes %s for a placeholder, since most of it is what samples are made of', (value) => {
    expect(findSecretFault(value, PASSWORD)).toBe('is a placeholder');
  });

  it.each([
    '0000000111111122222223333333444444455555556666666777777788888889999999',
    'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhh',
    'k7Qx2mZp'.repeat(8),
    '12345678'.repeat(9),
    'h5Rw9pLz3cY'.repeat(6),
    '0123456789abcdef'.repeat(4),
    'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(2),
  ])('says of %s that it repeats itself', (value) => {
    expect(findSecretFault(value, KEY)).toBe('repeats the same few characters');
  });

  it.each(['123456789012', 'qwertyuiop12', '1q2w3e4r5t6y', 'abcdefghijkl', 'zyxwvu987654'])(
    'says of %s that it runs along',
    (value) => {
      expect(findSecretFault(value, PASSWORD)).toBe('runs along the alphabet, the digits or the keyboard');
    },
  );

  it.each([
    'Zq7-only-for-once',
    'secretary-walks-nineteen-dogs',
    'tEst9xKk2mQp',
    'correct horse battery staple',
    '$(gUM"eAlT_8f?h6(sS)',
    '${+eMn$a,:p\'s/Q"w%p}',
    '$tEst9xKk2mQp',
  ])('takes %s for a secret', (value) => {
    expect(findSecretFault(value, PASSWORD)).toBeNull();
  });

  it('finds no fault in any random key or password', () => {
    const faults = Array.from({ length: 5000 }, () => [
      ...(['hex', 'base64', 'base64url'] as const).map((form) =>
        findSecretFault(randomBytes(64).toString(form), KEY),
      ),
      findSecretFault(randomBytes(12).toString('hex'), PASSWORD),
      findSecretFault(randomPassword(20), PASSWORD),
    ]).flat();

    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  });

  it.each([
    ['openssl rand -hex 32', KEY, () => randomBytes(32).toString('hex')],
    ['openssl rand -hex 64', KEY, () => randomBytes(64).toString('hex')],
    ['openssl rand -base64 32', FAST_PASSWORD, () => randomBytes(32).toString('base64')],
    ['uuidgen', FAST_PASSWORD, () => randomUUID()],
  ])('finds no fault in what %s gives', (_command, kind, give) => {
    const faults = Array.from({ length: 1000 }, () => findSecretFault(give(), kind));

    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  });

  it.each([
    ['x'.repeat(64), 'repeats the same few characters'],
    ['k7Qx2mZp9vLr4TnB'.repeat(4).slice(1), 'must have 64 characters or more (openssl rand -hex 64)'],
  ])('says what is wrong with %s', (value, fault) => {
    expect(findSecretFault(value, KEY)).toBe(fault);
  });
});
