import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { FolderMemo } from './folder-memo.js';

const LATER_MS = 60_000;

let root: string;
let dir: string;
let reads: number;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'memo-'));
  dir = path.join(root, 'whisper-base');
  await mkdir(path.join(dir, 'onnx'), { recursive: true });
  await writeFile(path.join(dir, 'config.json'), '{}');
  await writeFile(path.join(dir, 'SHA256SUMS'), 'a  config.json\n');
  reads = 0;
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const read = (): Promise<number> => Promise.resolve(++reads);

it('reads a folder once as long as it stays as it is', async () => {
  const memo = new FolderMemo(read, () => Date.now() + LATER_MS);
  expect([await memo.of(dir), await memo.of(dir), await memo.of(dir)]).toEqual([1, 1, 1]);
});

it.each<[what: string, change: () => Promise<unknown>]>([
  ['a setting is written over', () => writeFile(path.join(dir, 'config.json'), '{"a":1}')],
  ['sums are written over', () => writeFile(path.join(dir, 'SHA256SUMS'), 'b  config.json\n')],
  ['weights are added', () => writeFile(path.join(dir, 'onnx', 'encoder.onnx'), '')],
  ['a file is added', () => writeFile(path.join(dir, 'tokenizer.json'), '{}')],
  ['a file is gone', () => rm(path.join(dir, 'config.json'))],
])('reads it again when %s', async (_, change) => {
  const memo = new FolderMemo(read, () => Date.now() + LATER_MS);
  await memo.of(dir);
  await change();
  expect(await memo.of(dir)).toBe(2);
});

it('reads another folder that took the place of one', async () => {
  const memo = new FolderMemo(read, () => Date.now() + LATER_MS);
  await memo.of(dir);
  const other = path.join(root, 'other');
  await mkdir(other);
  await rename(dir, path.join(root, 'old'));
  await rename(other, dir);
  expect(await memo.of(dir)).toBe(2);
});

it('trusts no folder that has just been changed, since the next change may have the same time', async () => {
  const memo = new FolderMemo(read);
  await memo.of(dir);
  expect(await memo.of(dir)).toBe(2);
});

it('knows no folder that is not there, or not any more', async () => {
  const memo = new FolderMemo(read, () => Date.now() + LATER_MS);
  await memo.of(dir);
  await rm(dir, { recursive: true });
  expect(await memo.of(dir)).toBeNull();
  expect(await memo.of(path.join(root, 'none'))).toBeNull();
});
