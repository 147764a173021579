/**
 * Counts what jobs cost everything around the engine: transactions, rows and log of PostgreSQL, commands of Redis, bytes that stay, connections of
 * each process. Counts depend on nothing else that runs, unlike times. docs/scaling.md is made of them.
 */
import { machine, markdownTable } from './markdown.js';
import { withScaledOut, type Costs, type ScaledOut } from './scaling/scaled-out.js';
import { runProgram } from './settings.js';

const SHORT_JOBS = 40;
const SHORT_BYTES = 227_244;
/** Of 16,000 samples a second, two bytes each: ten minutes. */
const LONG_BYTES = 600 * 32_000;
const LONG_JOBS = 4;

const HEADER = [
  '',
  'transactions',
  'rows written',
  'log, KiB',
  'Redis commands',
  'database, KiB',
  'store, KiB',
] as const;

await runProgram(async () => {
  process.stdout.write(`What a job costs, ${machine()}.\n\n`);
  await withScaledOut(async (room) => {
    // The first finds everything cold: tables, statements, the model.
    await room.transcribe(SHORT_BYTES, 2);
    const idle = await room.costsOf(() => room.beIdle());
    const short = await room.costsOf(() => room.transcribe(SHORT_BYTES, SHORT_JOBS));
    const long = await room.costsOf(() => room.transcribe(LONG_BYTES, LONG_JOBS));
    const rows = [
      row('nothing to do, a minute', perMinute(idle, room)),
      row('job of 7 seconds', each(short, SHORT_JOBS)),
      row('job of 10 minutes', each(long, LONG_JOBS)),
    ];
    process.stdout.write(`${markdownTable(HEADER, rows)}\n\n`);
    process.stdout.write(
      `Connections to PostgreSQL, API and worker together: ${await room.countConnections()}\n`,
    );
  });
  return 0;
});

function each(costs: Costs, jobs: number): Costs {
  const one = (sum: number): number => sum / jobs;
  return {
    transactions: one(costs.transactions),
    rows: one(costs.rows),
    logBytes: one(costs.logBytes),
    commands: one(costs.commands),
    databaseBytes: one(costs.databaseBytes),
    storedBytes: one(costs.storedBytes),
  };
}

function perMinute(costs: Costs, { idleSeconds }: ScaledOut): Costs {
  return each(costs, idleSeconds / 60);
}

function row(name: string, costs: Costs): string[] {
  const { transactions, rows, logBytes, commands, databaseBytes, storedBytes } = costs;
  const kib = (bytes: number): string => String(Math.round(bytes / 1024));
  return [
    name,
    String(Math.round(transactions)),
    String(Math.round(rows)),
    kib(logBytes),
    String(Math.round(commands)),
    kib(databaseBytes),
    kib(storedBytes),
  ];
}
