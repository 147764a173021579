import type { Pool, PoolClient } from 'pg';

/** Those statements whose failure leaves nobody who would give the connection back. */
const BORDER = /^(?:begin|start transaction\b.*|rollback)$/;

/**
 * The query builder gives the connection of a transaction back once that has begun and ended. Where its `begin` or its `rollback` fails, as
 * with a server that is silent for a while or restarts, it does not: the place in the pool would be lost, and what the server hears
 * later would be a transaction that is never ended. Such a connection is closed, which ends the transaction, too.
 */
export function closeAbandonedConnections(pool: Pool): void {
  pool.on('connect', watch);
}

function watch(client: PoolClient): void {
  const send = client.query.bind(client) as (...args: unknown[]) => unknown;
  const query = (...args: unknown[]): unknown => {
    const answer = send(...args);
    const [text] = args;
    if (answer instanceof Promise && typeof text === 'string' && BORDER.test(text))
      answer.catch((error: unknown) => {
        giveUp(client, error);
      });
    return answer;
  };
  client.query = query as typeof client.query;
}

function giveUp(client: PoolClient, reason: unknown): void {
  client.release(reason instanceof Error ? reason : true);
  // Twice would be an error of its own.
  client.release = () => undefined;
}
