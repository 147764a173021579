import path from 'node:path';
import { expect, it } from '@jest/globals';
import { openProbe } from '../support/built-media.js';
import { findChild } from '../support/engine-process.js';
import { waitFor } from '../support/wait-for.js';

const FILE = path.resolve(import.meta.dirname, '../fixtures/audio/formats/sentence.wav');

function ready(): number | undefined {
  return findChild(process.pid, 'media-probe.child');
}

async function findReady(): Promise<number | undefined> {
  await waitFor(() => ready() !== undefined, { what: 'the process for the next file' });
  return ready();
}

async function endReady(): Promise<void> {
  await waitFor(() => {
    const left = ready();
    if (left !== undefined) process.kill(left, 'SIGKILL');
    return left === undefined;
  });
}

it('has the process for the next file ready, and starts another where that one has died', async () => {
  const probe = await openProbe();
  await endReady();
  await probe(FILE);
  const first = await findReady();
  await probe(FILE);
  expect(await findReady()).not.toBe(first);
  await endReady();
  expect((await probe(FILE)).codec).toBe('pcm_s16le');
});
