import pg, { type Client } from 'pg';
import { wholeAddress } from '../orm-options.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** How values are written as text must not depend on what the server or the account prefers. */
const PLAIN_TEXT = [
  `set datestyle = 'ISO, YMD'`,
  `set intervalstyle = 'postgres'`,
  `set timezone = 'UTC'`,
  `set extra_float_digits = 3`,
  `set client_encoding = 'UTF8'`,
  // The files of a large store take hours, in which this session says nothing.
  `set statement_timeout = 0`,
  `set idle_in_transaction_session_timeout = 0`,
];

/** A session that dumps or loads tables. It has no time limits. */
export async function openDumpSession(url: string): Promise<Client> {
  const client = new pg.Client({
    ...wholeAddress(url),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'whisper-transcriber backup',
  });
  // A broken connection is reported by the query that is under way, or by the next one.
  client.on('error', () => undefined);
  await client.connect();
  for (const setting of PLAIN_TEXT) await client.query(setting);
  return client;
}
