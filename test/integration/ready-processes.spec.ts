import path from 'node:path';
import { expect, it } from '@jest/globals';
import { openProbe } from '../support/built-media.js';
import { findChild } from '../support/engine-process.js';
import { waitFor } from '../support/wait-for.js';

const AUDIO = path.resolve(import.meta.dirname, '../fixtures/audio');
const FILE = path.join(AUDIO, 'formats/sentence.wav');
const DAMAGED = path.join(AUDIO, 'bad/concat_named.wav');

function ready(): number | undefined {
  return findChild(process.pid, 'media-probe.child');
}

/** The answer of a probe may come before its own process, `used`, is gone. */
async function findReady(used?: number): Promise<number | undefined> {
  let found: number | undefined;
  const isNext = (): boolean => (found = ready()) !== undefined && found !== used;
  await waitFor(isNext, { what: 'the process for the next file' });
  return found;
}

async function endReady(): Promise<void> {
  await waitFor(() => {
    const left = ready();
    if (left !== undefined) process.kill(left, 'SIGKILL');
    return left === undefined;
  });
}

it('meets file after file in one process, has it ready for a while, and starts another where it has died', async () => {
  const probe = await openProbe();
  await endReady();
  await probe(FILE);
  const first = await findReady();
  await probe(FILE);
  await probe(FILE);
  expect(await findReady()).toBe(first);
  await endReady();
  expect((await probe(FILE)).codec).toBe('pcm_s16le');
});

it('lets a process that has refused a file meet no other', async () => {
  const probe = await openProbe();
  await endReady();
  await probe(FILE);
  const first = await findReady();
  await expect(probe(DAMAGED)).rejects.toMatchObject({ code: 'unsupported_media' });
  expect(await findReady(first)).not.toBe(first);
  expect((await probe(FILE)).codec).toBe('pcm_s16le');
});
