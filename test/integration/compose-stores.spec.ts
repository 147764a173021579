import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { readCompose } from '../support/compose-file.js';
import { findFreePort } from '../support/free-port.js';
import { PRODUCTION } from '../support/production.js';
import { waitFor } from '../support/wait-for.js';

const onLinux = process.platform === 'linux' ? describe : describe.skip;
const SECRETS = { ...PRODUCTION, REDIS_URL: '', DATABASE_URL: '', POSTGRES_PASSWORD: 'b0c5e9d3f7a1864209ce' };
const { services } = readCompose(SECRETS);

/** What Compose runs in the containers of the stores, run here with other places and a free port. */
onLinux('a store of docker-compose.yml', () => {
  let folder: string;
  let port: number;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'compose-store-'));
    port = await findFreePort();
  });

  afterEach(async () => {
    for (const child of children.splice(0)) {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGTERM');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  });

  function run(script: string, env: Readonly<Record<string, string>>): ChildProcess {
    const folders = [path.dirname(process.env['RCLONE_PATH'] ?? ''), process.env['PATH']];
    const child = spawn('sh', ['-c', script.replaceAll(/(?<=[ "])\/(data|tmp)\b/g, folder)], {
      cwd: folder,
      env: { ...env, PATH: folders.join(path.delimiter) },
      stdio: 'ignore',
    });
    children.push(child);
    return child;
  }

  it('keeps the queue: Redis wants the password, throws nothing away and writes what it has', async () => {
    const { REDIS_PASSWORD } = SECRETS;
    run(`${services['redis']?.command?.[2]} --port ${port}`, { REDIS_PASSWORD });
    const redis = new Redis({ port, password: REDIS_PASSWORD, maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    const stranger = new Redis({ port, lazyConnect: true, enableReadyCheck: false });
    stranger.on('error', () => undefined);
    try {
      expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
      await expect(stranger.get('anything')).rejects.toThrow('NOAUTH');
    } finally {
      redis.disconnect();
      stranger.disconnect();
    }
  });

  it('has the bucket, and opens to its key only', async () => {
    const keys = { S3_ACCESS_KEY_ID: 'recorder', S3_SECRET_ACCESS_KEY: 'k2Wv-8sLq-5nXb-0pRt' };
    const script = services['s3']?.entrypoint?.[2] ?? '';
    run(script.replace(':8333', `127.0.0.1:${port}`), { S3_BUCKET: 'recordings', ...keys });
    const list = async (secretAccessKey: string): Promise<unknown> => {
      const client = new S3Client({
        region: 'us-east-1',
        endpoint: `http://127.0.0.1:${port}`,
        forcePathStyle: true,
        credentials: { accessKeyId: keys.S3_ACCESS_KEY_ID, secretAccessKey },
      });
      const answer = await client.send(new ListBucketsCommand({})).finally(() => {
        client.destroy();
      });
      return answer.Buckets?.map(({ Name }) => Name);
    };
    await waitFor(() =>
      fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      ),
    );

    expect(await list(keys.S3_SECRET_ACCESS_KEY)).toEqual(['recordings']);
    await expect(list('another')).rejects.toThrow();
  });

  it.each(['s3', 'grafana'])('does not start without a credential of its own: %s', async (name) => {
    const child = run(services[name]?.entrypoint?.[2] ?? '', {});
    const [code] = (await once(child, 'exit')) as [number];

    expect(code).toBe(1);
  });
});
