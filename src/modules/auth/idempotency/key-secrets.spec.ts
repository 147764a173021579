import { describe, expect, it } from '@jest/globals';
import { KeySecrets } from './key-secrets.js';

const secrets = new KeySecrets('secret of the service', 'anna', 'key of the client');
const OTHERS: [string, KeySecrets][] = [
  ['another secret of the service', new KeySecrets('other', 'anna', 'key of the client')],
  ['another user', new KeySecrets('secret of the service', 'bob', 'key of the client')],
  ['another key', new KeySecrets('secret of the service', 'anna', 'other')],
];

describe('what is derived from a key', () => {
  it('opens what it has sealed, which never looks the same', () => {
    const [one, other] = [secrets.seal('wt_é'), secrets.seal('wt_é')];

    expect([secrets.open(one), secrets.open(other)]).toEqual(['wt_é', 'wt_é']);
    expect(one.equals(other)).toBe(false);
  });

  it('is the same each time', () => {
    const again = new KeySecrets('secret of the service', 'anna', 'key of the client');

    expect(again.hash).toBe(secrets.hash);
    expect(again.fingerprint('asked')).toBe(secrets.fingerprint('asked'));
    expect(again.open(secrets.seal('answer'))).toBe('answer');
  });

  it.each(OTHERS)('is of no use with %s', (_what, other) => {
    expect(other.hash).not.toBe(secrets.hash);
    expect(other.fingerprint('asked')).not.toBe(secrets.fingerprint('asked'));
    expect(() => other.open(secrets.seal('answer'))).toThrow();
  });

  it.each([0, 12, 28])('does not open what was changed at byte %d', (index) => {
    const sealed = secrets.seal('answer');
    sealed.writeUInt8(sealed.readUInt8(index) ^ 1, index);

    expect(() => secrets.open(sealed)).toThrow();
  });
});
