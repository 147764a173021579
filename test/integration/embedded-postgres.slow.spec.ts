import { chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { EmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';
import { linkLibraries } from '../../src/platform/database/embedded/postgres-binaries.js';
import { isAlive } from '../../src/platform/runtime/system-calls.js';
import { hasEnded, killServerOf, NO_PID, pidFile, postmasterPid, query } from '../support/embedded-server.js';
import { type OwnerMode, type OwnerOptions, OwnerProcess } from '../support/owner-process.js';
import { waitFor } from '../support/wait-for.js';

const asRoot = process.getuid?.() === 0 ? it : it.skip;
const onLinux = process.platform === 'linux' ? it : it.skip;

jest.setTimeout(120_000);

// mkdtemp makes folders that only their owner may enter, so as root every test here is also the test of that case.
let dataDir: string;
let open: (EmbeddedPostgres | OwnerProcess)[];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'embedded-postgres-'));
  open = [];
});

afterEach(async () => {
  for (const each of open) await (each instanceof EmbeddedPostgres ? each.stop() : each.end('SIGKILL'));
  await killServerOf(dataDir);
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20 });
});

async function start(onExit?: (reason: string) => void): Promise<EmbeddedPostgres> {
  const postgres = await EmbeddedPostgres.start({ dataDir, ...(onExit && { onExit }) });
  open.push(postgres);
  return postgres;
}

function startProcess(mode: OwnerMode, options: OwnerOptions = {}): OwnerProcess {
  const owner = new OwnerProcess(dataDir, mode, options);
  open.push(owner);
  return owner;
}

describe('the embedded PostgreSQL', () => {
  it('creates its database on the first start and keeps what was written over a restart', async () => {
    const first = await start();
    await query(first.url, "create table note (text text); insert into note values ('kept')");
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'select text from note')).toEqual([{ text: 'kept' }]);
  });

  it('is durable, UTF-8, and reachable only from this machine with its password', async () => {
    const { url } = await start();
    const settings = await query(
      url,
      "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'server_encoding', 'listen_addresses', 'unix_socket_directories', 'password_encryption') order by name",
    );
    expect(Object.fromEntries(settings.map((row) => [row['name'], row['setting']]))).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '127.0.0.1',
      password_encryption: 'scram-sha-256',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
      unix_socket_directories: '',
    });
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(path.join(dataDir, 'postgres', 'service.password'))).mode & 0o777).toBe(0o600);
  });

  asRoot('runs for a normal user', async () => {
    await chown(dataDir, 65534, 65534);
    const owner = startProcess('hold', { uid: 65534, gid: 65534 });
    expect(await query(await owner.url(), 'select 1 as one')).toEqual([{ one: 1 }]);
    expect((await stat(path.join(dataDir, 'postgres'))).uid).toBe(65534);
    expect(await owner.end('SIGTERM')).toBe(0);
  });

  asRoot('takes over a cluster that a normal user made', async () => {
    await chown(dataDir, 65534, 65534);
    const user = startProcess('hold', { uid: 65534, gid: 65534 });
    await query(await user.url(), 'create table note (text text)');
    await user.end('SIGTERM');
    const root = await start();
    expect(await query(root.url, 'select count(*)::int as count from note')).toEqual([{ count: 0 }]);
  });

  it('stops the server when told so and leaves no process behind', async () => {
    const owner = startProcess('hold');
    await owner.url();
    const pid = await postmasterPid(dataDir);
    expect(await owner.end('SIGTERM')).toBe(0);
    expect(await hasEnded(pid)).toBe(true);
  });
});

describe('the one service of a data folder', () => {
  it('refuses a second service without disturbing the first', async () => {
    const first = await start();
    const second = startProcess('hold');
    const { refused } = await second.hear((told) => told.refused !== undefined);
    expect(refused).toMatch(/^The data folder .* is in use by another running service; .*$/);
    expect(await second.exited()).toBe(1);
    expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('lets exactly one of several first starts at the same moment win', async () => {
    const owners = [startProcess('hold'), startProcess('hold'), startProcess('hold')];
    const answers = await Promise.all(
      owners.map((owner) => owner.hear((told) => told.url !== undefined || told.refused !== undefined)),
    );
    const winners = answers.filter((told) => told.url !== undefined);
    expect(winners).toHaveLength(1);
    for (const { refused } of answers.filter((told) => told.refused !== undefined)) {
      expect(refused).toContain('in use by another running service');
    }
    expect(await query(winners[0]?.url ?? '', 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await readdir(dataDir)).not.toContainEqual(expect.stringMatching(/^postgres\.new-/));
  });

  it('keeps its hold on the folder when the server restarts after the crash of one of its processes', async () => {
    const first = await start();
    const client = new Client({ connectionString: first.url });
    client.on('error', () => undefined);
    await client.connect();
    const backend = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
    const ended = new Promise((resolve) => client.once('end', resolve));
    process.kill(backend, 'SIGKILL');
    await ended;
    await waitFor(async () => {
      const rows = await query(
        first.url,
        "select 1 from pg_locks where locktype = 'advisory' and granted",
      ).catch(() => []);
      return rows.length === 1;
    });
    await expect(EmbeddedPostgres.start({ dataDir })).rejects.toThrow('in use by another running service');
  });

  onLinux('refuses a second service that sees nothing of the first, as in another container', async () => {
    const first = startProcess('hold', { apart: true });
    await first.url();
    const pidFileBefore = await readFile(pidFile(dataDir), 'utf8');
    const second = startProcess('hold', { apart: true });
    const answer = await second.hear((told) => told.url !== undefined || told.refused !== undefined);
    expect(answer.refused).toMatch(/^The data folder .* is in use by another running service; .*$/);
    expect(await readFile(pidFile(dataDir), 'utf8')).toBe(pidFileBefore);
  });

  onLinux(
    'starts no second server beside one that a killed service left behind in another container',
    async () => {
      const first = startProcess('vanish', { apart: true });
      await query(await first.url(), 'create table note (text text)');
      const pidFileBefore = await readFile(pidFile(dataDir), 'utf8');
      await expect(EmbeddedPostgres.start({ dataDir })).rejects.toThrow(
        /^The data folder .* is in use by a database server that was left running, .*$/,
      );
      expect(await readFile(pidFile(dataDir), 'utf8')).toBe(pidFileBefore);
      await first.end('SIGKILL');
      const second = await start();
      expect(await query(second.url, 'select count(*)::int as count from note')).toEqual([{ count: 0 }]);
    },
  );

  onLinux('leaves the server of a living service alone, even when it does not answer', async () => {
    const first = await start();
    const pid = await postmasterPid(dataDir);
    process.kill(pid, 'SIGSTOP');
    try {
      await expect(EmbeddedPostgres.start({ dataDir })).rejects.toThrow('in use by another running service');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await postmasterPid(dataDir)).toBe(pid);
  });

  it('tells when the server is gone', async () => {
    const lost = new Promise((resolve) => {
      void start(resolve);
    });
    await waitFor(() => open.length === 1);
    process.kill(await postmasterPid(dataDir), 'SIGKILL');
    expect(typeof (await lost)).toBe('string');
  });
});

describe('after a kill', () => {
  it('adopts the server that the killed service left behind', async () => {
    const owner = startProcess('hold');
    await query(await owner.url(), 'create table note (text text)');
    const pid = await postmasterPid(dataDir);
    await owner.end('SIGKILL');
    expect(isAlive(pid)).toBe(true);
    const next = startProcess('hold');
    expect(await next.hear((told) => told.url !== undefined)).toMatchObject({ adopted: true });
    expect(await postmasterPid(dataDir)).toBe(pid);
    expect(await query(await next.url(), 'select count(*)::int as count from note')).toEqual([{ count: 0 }]);
    expect(await next.end('SIGTERM')).toBe(0);
    expect(await hasEnded(pid)).toBe(true);
  });

  onLinux('replaces a server that was left behind and no longer answers', async () => {
    const owner = startProcess('hold');
    await owner.url();
    const pid = await postmasterPid(dataDir);
    await owner.end('SIGKILL');
    process.kill(pid, 'SIGSTOP');
    const next = await start();
    expect(await postmasterPid(dataDir)).not.toBe(pid);
    expect(await query(next.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await hasEnded(pid)).toBe(true);
  });

  it('is not stopped by a pid file whose number belongs to another program by now', async () => {
    const first = await start();
    const text = await readFile(pidFile(dataDir), 'utf8');
    await first.stop();
    await writeFile(pidFile(dataDir), text.replace(/^\d+/, String(process.pid)), { mode: 0o600 });
    const second = await start();
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is not stopped by an empty pid file', async () => {
    const first = await start();
    await first.stop();
    await writeFile(pidFile(dataDir), '', { mode: 0o600 });
    const second = await start();
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts anew when the kill came while the database was created', async () => {
    const owner = startProcess('hold');
    await waitFor(async () => (await readdir(dataDir)).some((name) => name.startsWith('postgres.new-')));
    await owner.end('SIGKILL');
    expect(await readdir(dataDir)).not.toContain('postgres');
    await mkdir(path.join(dataDir, `postgres.new-${NO_PID}-00`));
    const next = await start();
    expect(await query(next.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await readdir(dataDir)).not.toContain(`postgres.new-${NO_PID}-00`);
  });

  it('has every acknowledged row after 20 kills of the service or of everything', async () => {
    const acknowledged = new Set<number>();
    for (let round = 0; round < 20; round++) {
      const owner = startProcess('write');
      const before = await owner.url().then(() => postmasterPid(dataDir));
      await waitFor(() => owner.told.length > 20);
      if (round % 2 === 1) process.kill(-before, 'SIGKILL');
      await owner.end('SIGKILL');
      for (const { row } of owner.told) if (row !== undefined) acknowledged.add(row);
    }
    const last = await start();
    const stored = new Set(
      (await query(last.url, 'select id from acknowledged')).map((row) => Number(row['id'])),
    );
    expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(20 * 15);
  });
});

describe('the libraries of the package', () => {
  it('are linked once, also when several processes do it at the same time', async () => {
    await mkdir(path.join(dataDir, 'native/lib'), { recursive: true });
    const links = ['a', 'b'].map((name) => ({
      source: `native/lib/${name}.so.1.2`,
      target: `native/lib/${name}.so.1`,
    }));
    await writeFile(path.join(dataDir, 'native/pg-symlinks.json'), JSON.stringify(links));
    for (const { source } of links) await writeFile(path.join(dataDir, source), source);
    await Promise.all([1, 2, 3, 4].map(() => linkLibraries(dataDir)));
    await linkLibraries(dataDir);
    for (const { source, target } of links) {
      expect(await readFile(path.join(dataDir, target), 'utf8')).toBe(source);
    }
  });
});
