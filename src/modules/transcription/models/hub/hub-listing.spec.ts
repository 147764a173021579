import { describe, expect, it } from '@jest/globals';
import { nextQuery, readCommit, readTreePage } from './hub-listing.js';

const GIT = 'a'.repeat(40);
const SHA256 = 'b'.repeat(64);
const file = { type: 'file', path: 'config.json', size: 3, oid: GIT };

describe('readTreePage', () => {
  it('takes the hash of git for a file in git, and that of LFS for one in LFS', () => {
    const inLfs = { type: 'file', path: 'm.onnx', size: 9, oid: GIT, lfs: { oid: SHA256, size: 9 } };

    expect(readTreePage([{ type: 'directory', path: 'onnx', oid: GIT, size: 0 }, file, inLfs])).toEqual([
      { path: 'config.json', sizeBytes: 3, hash: { algorithm: 'git-blob', hex: GIT } },
      { path: 'm.onnx', sizeBytes: 9, hash: { algorithm: 'sha256', hex: SHA256 } },
    ]);
  });

  it.each([
    null,
    {},
    'text',
    [null],
    [{ ...file, size: -1 }],
    [{ ...file, size: 1.5 }],
    [{ ...file, size: '3' }],
    [{ ...file, path: 1 }],
    [{ ...file, oid: 'short' }],
    [{ ...file, oid: undefined }],
    [{ ...file, lfs: {} }],
    [{ ...file, lfs: { oid: GIT } }],
    [{ ...file, lfs: 'x' }],
  ])('refuses %j', (answer) => {
    expect(() => readTreePage(answer)).toThrow(/hub_answer_invalid/);
  });
});

describe('readCommit', () => {
  it('takes a commit and nothing else', () => {
    expect(readCommit({ sha: GIT })).toBe(GIT);
    for (const answer of [null, {}, { sha: 'main' }, { sha: '../..' }, { sha: GIT.toUpperCase() }]) {
      expect(() => readCommit(answer)).toThrow(/hub_answer_invalid/);
    }
  });
});

describe('nextQuery', () => {
  it.each([
    ['<https://huggingface.co/api/x?cursor=abc%3D>; rel="next"', '?cursor=abc%3D'],
    ['</api/x?cursor=1>;rel=next', '?cursor=1'],
    ['<https://huggingface.co/api/x?cursor=1>; rel="first"', null],
    ['', null],
    [null, null],
  ])('of %p is %p', (link, query) => {
    expect(nextQuery(link, 'http://mirror.example/api/x')).toBe(query);
  });
});
