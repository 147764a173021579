import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file and a server that nobody is to touch, and that tell when somebody did. */
export interface Canary {
  readonly path: string;
  readonly url: string;
  /** What was opened or asked for so far. */
  touched(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function startCanary(folder: string): Promise<Canary> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.end('canary');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const file = path.join(folder, 'canary.wav');
  await run('mkfifo', [file]);
  const writer = awaitReader(file, () => seen.push(file));
  return {
    path: file,
    url: `http://127.0.0.1:${port}/canary.wav`,
    touched: async () => {
      // One turn of the thread pool, so that an opening that has happened is told.
      await open(folder).then((handle) => handle.close());
      return seen;
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await releaseWriter(file);
      await writer;
    },
  };
}

/** Whoever opens a FIFO to write waits in the system until somebody opens it to read: no reader can slip by. */
async function awaitReader(file: string, tell: () => void): Promise<void> {
  const handle = await open(file, 'w');
  tell();
  await handle.close();
}

function releaseWriter(file: string): Promise<void> {
  return open(file, constants.O_RDONLY | constants.O_NONBLOCK).then((handle: FileHandle) => handle.close());
}
