import { Client } from 'pg';
import { StartupError } from '../../src/platform/errors/startup-error.js';
import { EmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';

/**
 * A service that owns a data folder and nothing else: starts the database, tells so in one JSON line, then does as `mode`
 * says. `hold` waits for SIGTERM and stops the database; `write` inserts rows and prints the number of each that the
 * database has acknowledged; `vanish` ends by SIGKILL at once.
 */
const [dataDir = '', mode = 'hold'] = process.argv.slice(2);

function tell(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function write(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('create table if not exists acknowledged (id bigserial primary key)');
  for (;;) {
    const answer = await client.query<{ id: string }>('insert into acknowledged default values returning id');
    tell({ row: Number(answer.rows[0]?.id) });
  }
}

try {
  let adopted = false;
  const postgres = await EmbeddedPostgres.start({
    dataDir,
    log: (_message, fields) => {
      adopted = (fields !== undefined && 'adopted' in fields && fields.adopted === true) || adopted;
    },
    onExit: (reason) => {
      tell({ lost: reason });
    },
  });
  const keepAlive = setInterval(() => undefined, 60_000);
  process.once('SIGTERM', () => {
    void postgres.stop().then(() => {
      clearInterval(keepAlive);
    });
  });
  tell({ url: postgres.url, adopted });
  if (mode === 'vanish') process.kill(process.pid, 'SIGKILL');
  if (mode === 'write') await write(postgres.url);
} catch (error) {
  tell({ refused: error instanceof StartupError ? error.message : String(error) });
  process.exitCode = 1;
}
