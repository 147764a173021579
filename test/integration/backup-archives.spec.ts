/** What becomes of archives that are not what was written. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ArchiveReader } from '../../src/cli/backup/archive-reader.js';
import { ArchiveWriter } from '../../src/cli/backup/archive-writer.js';
import { BackupProblem, EXIT } from '../../src/cli/backup/backup-problem.js';
import type { Manifest } from '../../src/cli/backup/manifest.js';
import { assertKnownSchema } from '../../src/cli/backup/restore-backup.js';

const NEVER = new AbortController().signal;
const KEY = '01a22569-02d5-72a2-b06f-3215511e02b0';

describe('an archive', () => {
  let folder: string;
  let sound: Buffer;
  let manifest: Manifest;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'archive-'));
    const file = path.join(folder, 'sound.zip');
    manifest = await write(file, {});
    sound = await readFile(file);
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function write(file: string, changes: Partial<Manifest>): Promise<Manifest> {
    const archive = await ArchiveWriter.create(file, NEVER);
    const content = (text: string): Readable => Readable.from([Buffer.from(text)]);
    await archive.add('database/users.copy', content('1\tanna\n'.repeat(40)), { compress: true });
    await archive.add(`blobs/${KEY}`, content('recording '.repeat(50)), { compress: false });
    const written: Manifest = {
      format: 1,
      serviceVersion: '0.1.0',
      createdAt: '2026-11-29T00:00:00.000Z',
      migrations: ['001-transcription'],
      tables: [{ name: 'users', columns: ['id', 'username'], rows: 40 }],
      sequences: [],
      missingBlobs: [],
      secretKeyChecks: [],
      files: archive.files,
      ...changes,
    };
    await archive.finish(written);
    return written;
  }

  async function codeOfReading(bytes: Buffer): Promise<number> {
    const file = path.join(folder, 'changed.zip');
    await writeFile(file, bytes);
    try {
      const archive = await ArchiveReader.open(file);
      try {
        await archive.verify(NEVER, () => undefined);
        expect(archive.manifest).toEqual(manifest);
      } finally {
        archive.close();
      }
      return EXIT.ok;
    } catch (error) {
      if (!(error instanceof BackupProblem)) throw error;
      return error.exitCode;
    }
  }

  it('that is whole is sound', async () => {
    expect(await codeOfReading(sound)).toBe(EXIT.ok);
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('of which the end is missing is refused, wherever it was cut', async () => {
    for (let length = 0; length < sound.length; length += 7)
      expect([length, await codeOfReading(sound.subarray(0, length))]).toEqual([length, EXIT.damaged]);
  });

  it('with a changed byte is refused, unless that means nothing', async () => {
    const codes: number[] = [];
    for (let at = 0; at < sound.length; at += 3) {
      const changed = Buffer.from(sound);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x11, at);
      codes.push(await codeOfReading(changed));
    }

    expect(codes.filter((code) => code === EXIT.damaged).length).toBeGreaterThan(codes.length / 2);
    const expected = new Set<number>([EXIT.ok, EXIT.damaged, EXIT.newer]);
    expect(codes.filter((code) => !expected.has(code))).toEqual([]);
  });

  it('whose files lead out of it is refused', async () => {
    const inside = Buffer.from(`blobs/${KEY}`);
    const outside = Buffer.from('../../../../../../tmp/evil'.padEnd(inside.length, 'x'));
    const changed = Buffer.from(sound);
    for (let at = changed.indexOf(inside); at !== -1; at = changed.indexOf(inside, at + 1))
      outside.copy(changed, at);

    expect(await codeOfReading(changed)).toBe(EXIT.damaged);
  });

  it('whose manifest names places that are not ours is refused', async () => {
    const file = path.join(folder, 'paths.zip');
    const sha256 = createHash('sha256').digest('hex');
    await write(file, { files: [{ path: 'blobs/../../evil', bytes: 0, sha256 }] });

    expect(await codeOfReading(await readFile(file))).toBe(EXIT.damaged);
  });

  it('of a format, or with a schema, that is not known yet is told to be newer', async () => {
    const text = Buffer.from('whisper-transcriber backup 1');
    const later = Buffer.from(sound);
    later.write('9', later.lastIndexOf(text) + text.length - 1);

    expect(await codeOfReading(later)).toBe(EXIT.newer);
    expect(() => {
      assertKnownSchema('a.zip', { ...manifest, migrations: ['999-of-tomorrow'] });
    }).toThrow(expect.objectContaining({ exitCode: EXIT.newer }));
  });
});
