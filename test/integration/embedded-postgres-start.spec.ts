import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StartupError } from '../../src/platform/errors/startup-error.js';
import { EmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';
import { isAlive } from '../../src/platform/runtime/system-calls.js';
import { hasEnded, killServerOf, NO_PID, postmasterPid, query } from '../support/embedded-server.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(120_000);

let dataDir: string;
let open: EmbeddedPostgres[];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'embedded-postgres-'));
  open = [];
});

afterEach(async () => {
  for (const each of open) await each.stop();
  await killServerOf(dataDir);
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20 });
});

async function start(): Promise<EmbeddedPostgres> {
  const postgres = await EmbeddedPostgres.start({ dataDir });
  open.push(postgres);
  return postgres;
}

describe('told to end while it starts', () => {
  const reason = new Error('told to end');

  it('creates no database', async () => {
    const abort = new AbortController();
    const attempt = EmbeddedPostgres.start({
      dataDir,
      signal: abort.signal,
      log: () => {
        abort.abort(reason);
      },
    });
    await expect(attempt).rejects.toBe(reason);
    expect((await readdir(dataDir)).filter((name) => !name.endsWith('.lock'))).toEqual([]);
  });

  it('stops the server that has not come up yet', async () => {
    await (await start()).stop();
    await neverReady();
    const abort = new AbortController();
    const attempt = EmbeddedPostgres.start({ dataDir, signal: abort.signal });
    const outcome = expect(attempt).rejects.toBe(reason);
    await waitFor(async () => isAlive(await postmasterPid(dataDir).catch(() => NO_PID)));
    const pid = await postmasterPid(dataDir);
    abort.abort(reason);
    await outcome;
    expect(await hasEnded(pid)).toBe(true);
  });

  it('stops the server that is up by then, and another start is possible', async () => {
    const abort = new AbortController();
    let pid = NO_PID;
    const attempt = EmbeddedPostgres.start({
      dataDir,
      signal: abort.signal,
      log: (_message, fields) => {
        if (fields === undefined || !('pid' in fields)) return;
        pid = Number(fields.pid);
        abort.abort(reason);
      },
    });
    await expect(attempt).rejects.toBe(reason);
    expect(pid).not.toBe(NO_PID);
    expect(await hasEnded(pid)).toBe(true);
    expect(await query((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  /** A standby that nobody may ask says for ever that it is starting up. */
  async function neverReady(): Promise<void> {
    await writeFile(path.join(dataDir, 'postgres', 'standby.signal'), '', { mode: 0o600 });
    await appendFile(path.join(dataDir, 'postgres', 'postgresql.conf'), '\nhot_standby = off\n');
  }
});

describe('reasons not to start', () => {
  it('tells the cause when the lock cannot be asked for, and leaves no server behind', async () => {
    const first = await start();
    await query(first.url, 'alter function pg_try_advisory_lock(int, int) rename to nothing');
    await first.stop();
    const attempt = EmbeddedPostgres.start({ dataDir });
    await expect(attempt).rejects.toThrow(/^The embedded database could not be locked .*does not exist/);
    await expect(attempt).rejects.toMatchObject({ cause: { code: '42883' } });
    await expect(postmasterPid(dataDir)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('names a data folder that cannot be written', async () => {
    const file = path.join(dataDir, 'file');
    await writeFile(file, '');
    const attempt = EmbeddedPostgres.start({ dataDir: path.join(file, 'data') });
    await expect(attempt).rejects.toThrow(/^The data folder .* cannot be written \(ENOTDIR\)\.$/);
    await expect(attempt).rejects.toBeInstanceOf(StartupError);
  });

  it('names a folder that lies where the database belongs', async () => {
    await mkdir(path.join(dataDir, 'postgres'));
    await writeFile(path.join(dataDir, 'postgres', 'letter.txt'), 'mine');
    await expect(EmbeddedPostgres.start({ dataDir })).rejects.toThrow(/^The folder .* is in the way .*$/);
    expect(await readFile(path.join(dataDir, 'postgres', 'letter.txt'), 'utf8')).toBe('mine');
  });

  it('repeats in one line what PostgreSQL says', async () => {
    await (await start()).stop();
    await writeFile(path.join(dataDir, 'postgres', 'PG_VERSION'), '9\n');
    await expect(EmbeddedPostgres.start({ dataDir })).rejects.toThrow(
      /^The embedded database did not start: .*incompatible with server.*$/,
    );
  });
});
