import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { releaseBuffer } from '../release-buffer.js';
import { type HashBacklog, type HashOrder, type HashReply, sumBytes } from './file-hash.protocol.js';

/** Stays in the caches of a processor between being read and being hashed. */
const READ_BYTES = 2 ** 18;

interface OpenFile {
  /** Of its own: the writer may close its descriptor at any time, and the number is then another file's. */
  readonly fd: number;
  readonly hash: Hash;
  position: number;
}

/** A thread that hashes files behind those who write them: what was written just now is still in memory. */
if (parentPort === null) throw new Error('this is the program of a worker thread');
const port = parentPort;
const backlog = workerData as HashBacklog;
const files = new Map<number, OpenFile>();
const buffer = Buffer.allocUnsafeSlow(READ_BYTES);

port.on('message', (order: HashOrder) => {
  const { id, tail } = order;
  const tailBytes = sumBytes(tail);
  try {
    const sha256 = order.type === 'abandon' ? null : follow(order);
    if (order.type !== 'written') close(id);
    if (order.type === 'finish' && sha256 !== null)
      reply({ id, type: 'finished', sha256: sha256.digest('hex') });
  } catch (error) {
    close(id);
    reply({ id, type: 'failed', error: error instanceof Error ? error : new Error(String(error)) });
  } finally {
    Atomics.sub(backlog, 0, tailBytes);
  }
});

function follow({ id, path, sizeBytes, tail }: HashOrder): Hash {
  const file = files.get(id) ?? { fd: openSync(path, 'r'), hash: createHash('sha256'), position: 0 };
  files.set(id, file);
  readUpTo(file, sizeBytes - sumBytes(tail));
  for (const piece of tail) {
    file.hash.update(piece);
    releaseBuffer(piece);
  }
  file.position = sizeBytes;
  return file.hash;
}

function readUpTo(file: OpenFile, sizeBytes: number): void {
  while (file.position < sizeBytes) {
    const most = Math.min(buffer.length, sizeBytes - file.position);
    const bytes = readSync(file.fd, buffer, 0, most, file.position);
    if (bytes === 0) throw new Error('The file is shorter than what was written to it');
    file.hash.update(buffer.subarray(0, bytes));
    file.position += bytes;
  }
}

function close(id: number): void {
  const file = files.get(id);
  if (file !== undefined) closeSync(file.fd);
  files.delete(id);
}

function reply(message: HashReply): void {
  port.postMessage(message);
}
