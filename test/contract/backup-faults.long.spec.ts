/** Backups and restores that are disturbed. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import pg from 'pg';
import { TAKE_BACKUP_LOCK } from '../../src/platform/database/dump/backup-lock.js';
import { fixturePath, jsonOf, upload } from '../support/api-client.js';
import {
  BackupCommand,
  backUp,
  blobsIn,
  restore,
  RestoreCommand,
  rowsOf,
} from '../support/backup-commands.js';
import type { CommandResult } from '../support/built-command.js';
import { openOnServer, type TestDatabase } from '../support/databases.js';
import { onSmallDisk } from '../support/small-disk.js';
import { runServiceToEnd, startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const RECORDINGS = 40;
const LIMIT_MS = 120_000;
const FIND_MARK = `select from pg_tables where tablename = 'unfinished_restore'`;

describe('a service with many recordings', () => {
  let folder: string;
  let database: TestDatabase;
  let service: RunningService;
  let env: Readonly<Record<string, string>>;
  let archive: string;
  const jobs: Job[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'backup-faults-'));
    database = await openOnServer();
    env = { DATA_DIR: path.join(folder, 'source'), DATABASE_URL: database.url };
    service = await startService({
      dataDir: path.join(folder, 'source'),
      env: { ...env, WORKER_EMBEDDED: 'false' },
    });
    const clip = await readFile(fixturePath('formats/sentence.wav'));
    for (let number = 0; number < RECORDINGS; number += 1) {
      const content = Buffer.concat([clip, Buffer.alloc(2 + 2 * number)]);
      jobs.push(await jsonOf<Job>(await upload(service.url, { content, filename: `${number}.wav` })));
    }
    archive = path.join(folder, 'sound.zip');
    expect(await backUp(archive, env)).toMatchObject({ code: 0, stderr: '' });
  }, LIMIT_MS);

  afterAll(async () => {
    await service.stop();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  it(
    'leaves no backup behind when that is killed, and makes the next',
    async () => {
      const file = path.join(folder, 'killed.zip');
      const command = new BackupCommand(['--out', file], env);
      await waitFor(() => existsSync(`${file}.partial`) || command.child.exitCode !== null);
      command.child.kill('SIGKILL');
      await command.end();

      expect(existsSync(file)).toBe(false);
      await waitFor(async () => (await backUp(file, env)).code === 0);
      expect(existsSync(`${file}.partial`)).toBe(false);
    },
    LIMIT_MS,
  );

  it(
    'is made one at a time, and what was killed or is too old goes with the next',
    async () => {
      const nightly = await mkdtemp(path.join(folder, 'nightly-'));
      const run = (out: string, most: string): Promise<CommandResult> =>
        new BackupCommand(['--out', out, '--verify', '--keep', most], env).end();
      await writeFile(path.join(nightly, 'whisper-transcriber-20261029T031500Z.zip.partial'), 'killed');
      const both = await Promise.all([run(nightly, '2'), run(nightly, '2')]);
      const sound = both.filter(({ code }) => code === 0);
      // Each of them may have come when the other one was done.
      expect(sound.length).toBeGreaterThan(0);
      expect(both.filter(({ stderr }) => stderr.includes('Another backup')).length).toBe(2 - sound.length);
      expect((await readdir(nightly)).length).toBe(sound.length);
      const before = await readLastBackup();
      const { code, stdout } = await run(nightly, '1');

      expect(before).toBeGreaterThan(0);
      expect(await readLastBackup()).toBeGreaterThan(before);
      expect([code, stdout.match(/is deleted/g)?.length]).toEqual([0, sound.length]);
      expect(await readdir(nightly)).toEqual([expect.stringMatching(/^whisper-transcriber-\w+\.zip$/)]);
      const mistakes = [run(nightly, '0'), run(nightly, 'all'), run(path.join(nightly, 'one.zip'), '2')];
      for (const mistake of mistakes) expect(await mistake).toMatchObject({ code: 2, stdout: '' });
      expect((await readdir(nightly)).length).toBe(1);
    },
    LIMIT_MS,
  );

  it(
    'does not start on a restore that was killed, which then goes on',
    async () => {
      const target = await openOnServer();
      const into = { DATA_DIR: path.join(folder, 'killed'), DATABASE_URL: target.url };
      const holder = new pg.Client({ connectionString: target.url });
      await holder.connect();
      const command = new RestoreCommand(['--from', archive], into);
      await waitFor(async () => (await holder.query(FIND_MARK)).rowCount === 1);
      // From here it comes to its last step, and no further.
      await holder.query('begin');
      await holder.query('lock table unfinished_restore in access share mode');
      await waitFor(() => command.stdout.includes(' 100 %'));
      command.child.kill('SIGKILL');
      await command.end();
      await holder.end();
      const { code, stderr } = await runServiceToEnd({ ...into, PORT: '0' });
      const again = await restore(archive, into);

      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^A restore into this database was begun and not finished\..*\n$/),
      ]);
      expect(again).toMatchObject({ code: 0, stderr: '' });
      expect((await rowsOf(into))['media_files']).toEqual((await rowsOf(env))['media_files']);
      expect(await blobsIn(path.join(folder, 'killed', 'blobs'))).toEqual(
        await blobsIn(path.join(folder, 'source', 'blobs')),
      );
      expect(await restore(archive, into)).toMatchObject({ code: 3 });
      await target.close();
    },
    LIMIT_MS,
  );

  it('is not overwritten', async () => {
    const rows = await rowsOf(env);
    const { code, stderr } = await restore(archive, env);

    expect([code, stderr]).toEqual([3, expect.stringContaining('is not empty')]);
    expect((await rowsOf(env))['jobs']).toEqual(rows['jobs']);
    expect((await new BackupCommand(['--out', archive], env).end()).code).toBe(3);
  });

  it(
    'keeps the bytes of what is deleted while a backup runs, and not for longer',
    async () => {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      expect((await client.query<{ taken: boolean }>(TAKE_BACKUP_LOCK)).rows[0]?.taken).toBe(true);
      const before = await readBlobs();
      const job = jobs[0];
      await fetch(`${service.url}/jobs/${job?.job_id ?? ''}/cancel`, { method: 'POST' });
      const deleted = await fetch(`${service.url}/media/${job?.media_id ?? ''}`, { method: 'DELETE' });
      expect(deleted.status).toBe(204);
      expect(await readBlobs()).toEqual(before);
      expect((await backUp(path.join(folder, 'second.zip'), env)).stderr).toContain('Another backup');
      await client.end();
      await fetch(`${service.url}/admin/storage/collect`, { method: 'POST' });

      await waitFor(async () => (await readBlobs()).length === before.length - 1);
    },
    LIMIT_MS,
  );

  it(
    'saves all others when recordings are rotten, and names these, also when they are restored',
    async () => {
      const place = path.join(folder, 'source', 'blobs');
      const [changed, unreadable] = await Promise.all(jobs.slice(-2).map(({ media_id: id }) => blobOf(id)));
      await writeFile(path.join(place, changed?.path ?? ''), 'rotten');
      await rm(path.join(place, unreadable?.path ?? ''));
      await mkdir(path.join(place, unreadable?.path ?? ''));
      const file = path.join(folder, 'rotten.zip');
      const made = await backUp(file, env);
      const into = { DATA_DIR: path.join(folder, 'rotten') };
      const restored = await restore(file, into);

      expect(made.code).toBe(9);
      for (const blob of [changed, unreadable]) expect(made.stderr).toContain(blob?.key);
      expect(restored.code).toBe(9);
      for (const { media_id: id } of jobs.slice(-2)) expect(restored.stderr).toContain(id);
      expect(restored.stderr).not.toContain(jobs[1]?.media_id);
      expect(Object.keys(await blobsIn(path.join(into.DATA_DIR, 'blobs')))).toHaveLength(
        (await readBlobs()).length + 1,
      );
    },
    LIMIT_MS,
  );

  /** As Prometheus is told. */
  async function readLastBackup(): Promise<number> {
    const text = await (await fetch(`${service.url}/metrics/`)).text();
    return Number(/^whisper_backup_last_timestamp_seconds (\S+)$/m.exec(text)?.[1]);
  }

  async function blobOf(mediaId: string | null): Promise<{ key: string; path: string }> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const sql = 'select blob_key as key from media_files where id = $1';
    const { rows } = await client.query<{ key: string }>(sql, [mediaId]);
    await client.end();
    const key = rows[0]?.key ?? '';
    const all = await readdir(path.join(folder, 'source', 'blobs'), { recursive: true });
    return { key, path: all.find((name) => name.endsWith(key)) ?? '' };
  }

  it('is told when the disk for the backup, or for the restore, is too small', async () => {
    const small = await mkdtemp(path.join(folder, 'small-'));
    const made = await runOnSmallDisk(small, 1, 'backup', ['--out', path.join(small, 'a.zip')], env);
    const into = { DATA_DIR: small };
    const restored = await runOnSmallDisk(small, 16, 'restore', ['--from', archive], into);

    expect([made.code, made.stderr]).toEqual([6, expect.stringContaining('There is no space left for')]);
    expect([restored.code, restored.stderr]).toEqual([
      6,
      expect.stringContaining('There is not enough space'),
    ]);
  });

  it('is not restored under another SECRET_KEY', async () => {
    const into = { DATA_DIR: path.join(folder, 'other'), SECRET_KEY: randomBytes(48).toString('hex') };
    const { code, stderr } = await restore(archive, into);

    expect([code, stderr]).toEqual([7, expect.stringContaining('SECRET_KEY is not the one of the backup')]);
    expect(existsSync(into.DATA_DIR)).toBe(false);
  });

  async function readBlobs(): Promise<string[]> {
    const entries = await readdir(path.join(folder, 'source', 'blobs'), {
      recursive: true,
      withFileTypes: true,
    });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .toSorted();
  }
});

async function runOnSmallDisk(
  disk: string,
  mib: number,
  command: 'backup' | 'restore',
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; stderr: string }> {
  const [program = '', ...rest] = [
    ...onSmallDisk(disk, mib),
    process.execPath,
    `dist/cli/${command}.cli.js`,
    ...args,
  ];
  const child = spawn(program, rest, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}
