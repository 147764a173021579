import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { findFreePort } from './free-port.js';
import { sampleKey } from './sample-key.js';
import { waitFor } from './wait-for.js';

export interface ObjectStore {
  readonly endpoint: string;
  readonly port: number;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Where its objects lie as files. */
  readonly folder: string;
  /** A client for what the service never does; to be destroyed. */
  connect(): S3Client;
  /** The settings of a service that keeps its recordings there. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A server that speaks S3, with one bucket, over a temporary folder. */
export async function startObjectStore(): Promise<ObjectStore> {
  const program = process.env['RCLONE_PATH'];
  if (program === undefined) throw new Error('RCLONE_PATH must name rclone; npm test installs it');
  const folder = await mkdtemp(path.join(tmpdir(), 'objects-'));
  const bucket = 'recordings';
  await mkdir(path.join(folder, bucket));
  const port = await findFreePort();
  const accessKeyId = 'test-access-key-0000';
  const secretAccessKey = sampleKey('S3_SECRET_ACCESS_KEY').slice(0, 40);
  const args = ['--addr', `127.0.0.1:${port}`, '--auth-key', `${accessKeyId},${secretAccessKey}`];
  const server = spawn(
    program,
    ['serve', 's3', folder, ...args, '--vfs-cache-mode', 'off', '--config', '/dev/null'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-4000)));
  await waitFor(() => {
    if (server.exitCode !== null) throw new Error(`The object store did not start:\n${log}`);
    return canConnect(port);
  });
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    port,
    bucket,
    accessKeyId,
    secretAccessKey,
    folder: path.join(folder, bucket),
    connect: () =>
      new S3Client({
        endpoint,
        region: 'us-east-1',
        forcePathStyle: true,
        credentials: { accessKeyId, secretAccessKey },
        requestChecksumCalculation: 'WHEN_REQUIRED',
      }),
    settings: {
      BLOB_DRIVER: 's3',
      S3_ENDPOINT: endpoint,
      S3_BUCKET: bucket,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
    },
    stop: async () => {
      if (server.exitCode === null) {
        const exited = once(server, 'exit');
        server.kill('SIGKILL');
        await exited;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
