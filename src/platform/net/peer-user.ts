import { readFile } from 'node:fs/promises';
import { isIPv6, type Socket } from 'node:net';
import { endianness } from 'node:os';

const TABLES = { 4: '/proc/net/tcp', 6: '/proc/net/tcp6' } as const;

/** Ends of a connection, as sockets name them. */
export interface Endpoints {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/**
 * The number of the system user who made a connection from this machine: Linux tells it of every socket. Null for a connection that comes from
 * elsewhere, undefined where the system does not tell.
 */
export async function findPeerUser(socket: Socket): Promise<number | null | undefined> {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (localAddress === undefined || remoteAddress === undefined) return null;
  if (localPort === undefined || remotePort === undefined) return null;
  const table = await readTable(isIPv6(localAddress) ? TABLES[6] : TABLES[4]);
  if (table === null) return undefined;
  return parsePeerUser(table, { localAddress, localPort, remoteAddress, remotePort });
}

/** @param table as in /proc/net/tcp: a line for each socket, of which the peer's is the one with our ends exchanged */
export function parsePeerUser(table: string, ends: Endpoints): number | null {
  const peer = `${toHex(ends.remoteAddress, ends.remotePort)} ${toHex(ends.localAddress, ends.localPort)}`;
  for (const line of table.split('\n').slice(1)) {
    const [, local, remote, , , , , user] = line.trim().split(/\s+/);
    if (user !== undefined && `${local ?? ''} ${remote ?? ''}` === peer) return Number(user);
  }
  return null;
}

/** Addresses stand there as words in the order of the processor. */
function toHex(address: string, port: number): string {
  const bytes = isIPv6(address) ? bytesOfV6(address) : Buffer.from(address.split('.').map(Number));
  if (endianness() === 'LE') bytes.swap32();
  return `${bytes.toString('hex')}:${port.toString(16).padStart(4, '0')}`.toUpperCase();
}

/** Of addresses as sockets name them; those of other machines never come to a loopback address. */
function bytesOfV6(address: string): Buffer {
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1];
  if (mapped !== undefined)
    return Buffer.concat([Buffer.alloc(10), Buffer.from([255, 255, ...mapped.split('.').map(Number)])]);
  const [head = '', tail = ''] = address.split('::');
  const words = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((word) => parseInt(word, 16));
  const first = words(head);
  const last = words(tail);
  const gap = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => 0);
  return Buffer.from([...first, ...gap, ...last].flatMap((word) => [word >> 8, word & 255]));
}

async function readTable(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'latin1');
  } catch {
    return null;
  }
}
