import { UnderscoreNamingStrategy, type EntityClass } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type Options } from '@mikro-orm/postgresql';
import { closeAbandonedConnections } from './abandoned-connections.js';
import { MIGRATIONS } from './migrations/migrations.js';

export type DatabaseEntities = readonly EntityClass<object>[];

/** How long a request waits for a connection, and for an answer, before it is told to come again. */
export const CONNECT_TIMEOUT_MS = 2000;
const QUERY_TIMEOUT_MS = 5000;
export const MOST_CONNECTIONS = 10;

/** One set of options for the embedded server and for one that is named by DATABASE_URL. */
export function ormOptions(url: string, entities: DatabaseEntities): Options {
  return defineConfig({
    clientUrl: url,
    entities: [...entities],
    namingStrategy: UnderscoreNamingStrategy,
    extensions: [Migrator],
    migrations: {
      migrationsList: [...MIGRATIONS],
      snapshot: false,
      tableName: 'schema_migrations',
      // Each by itself: what one has locked is free again before the next.
      allOrNothing: false,
    },
    pool: { min: 0, max: MOST_CONNECTIONS, idleTimeoutMillis: 30_000 },
    driverOptions: {
      ...wholeAddress(url),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
      onPoolCreated: closeAbandonedConnections,
    },
    // Whoever forgets to open a unit of work gets an error, not rows from a shared cache.
    allowGlobalContext: false,
    logger: () => undefined,
  });
}

/** The ORM takes host, user and password from the address and leaves the rest, `sslmode` among it: the driver reads all of it. */
export function wholeAddress(url: string): { connectionString: string } {
  return { connectionString: url };
}
