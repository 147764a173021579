import { describe, expect, it } from '@jest/globals';
import { parsePeerUser } from './peer-user.js';

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const TAIL = '00000000:00000000 00:00000000 00000000';
const line = (ends: string, uid: number): string =>
  `   1: ${ends} 01 ${TAIL}  ${uid}        0 1083910 1 0 20 4 30 10 -1`;

describe('the user at the other end of a connection', () => {
  const TABLE = [
    HEADER,
    line('0100007F:1F41 0100007F:C350', 33),
    line('0100007F:C350 0100007F:1F41', 1000),
    line('0200007F:C350 0100007F:1F41', 1001),
  ].join('\n');
  const here = { localAddress: '127.0.0.1', localPort: 8001 };

  it('is told of the socket with the ends exchanged', () => {
    expect(parsePeerUser(TABLE, { ...here, remoteAddress: '127.0.0.1', remotePort: 50_000 })).toBe(1000);
    expect(parsePeerUser(TABLE, { ...here, remoteAddress: '127.0.0.2', remotePort: 50_000 })).toBe(1001);
  });

  it('is nobody of this machine when there is no such socket', () => {
    expect(parsePeerUser(TABLE, { ...here, remoteAddress: '127.0.0.1', remotePort: 50_001 })).toBeNull();
    expect(parsePeerUser('', { ...here, remoteAddress: '192.0.2.1', remotePort: 50_000 })).toBeNull();
  });

  it.each([
    ['::1', '00000000000000000000000001000000'],
    ['::ffff:127.0.0.1', '0000000000000000FFFF00000100007F'],
    ['2001:db8::5:6', 'B80D0120000000000000000006000500'],
  ])('is found for %s too', (address, hex) => {
    const table = [HEADER, line(`${hex}:C350 ${hex}:1F41`, 7)].join('\n');
    const ends = { localAddress: address, localPort: 8001, remoteAddress: address, remotePort: 50_000 };

    expect(parsePeerUser(table, ends)).toBe(7);
  });
});
