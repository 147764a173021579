import type { Request } from 'express';

const IPV4_MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

/** From where a request came. An IPv4 address is written as one, also on a socket that takes both kinds (`::ffff:192.0.2.1`). */
export function clientAddressOf({ ip = '' }: Pick<Request, 'ip'>): string {
  return IPV4_MAPPED.exec(ip)?.[1] ?? ip;
}
