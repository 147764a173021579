import { createHash } from 'node:crypto';
import { Transform, Writable, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { codeOf } from '../../platform/runtime/system-calls.js';
import { readComment } from './archive-writer.js';
import { BackupProblem, damaged, EXIT } from './backup-problem.js';
import { FORMAT, MANIFEST, parseManifest, type ArchivedFile, type Manifest } from './manifest.js';
import { MeasuredBytes } from './measured-bytes.js';

const MOST_MANIFEST_BYTES = 2 ** 30;

/** An archive that was opened. Whatever is read of it is compared with what the manifest says. */
export class ArchiveReader {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
    readonly manifest: Manifest,
  ) {}

  /** @throws BackupProblem */
  static async open(file: string): Promise<ArchiveReader> {
    const zip = await openZip(file);
    try {
      const kind = readComment(zip.comment);
      if (kind === null)
        throw new BackupProblem(EXIT.damaged, `${file} is no backup of whisper-transcriber.`);
      if (kind.format > FORMAT)
        throw newer(file, `it has the format ${kind.format}, and this one reads ${FORMAT}`);
      const entries = await listEntries(zip);
      const manifest = parseManifest(await readManifest(zip, entries, kind.manifestSum));
      assertSameFiles(entries, manifest);
      return new ArchiveReader(zip, entries, manifest);
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  /** A file of the manifest. The stream fails with a BackupProblem at its end when it is not what was put in. */
  async read(file: ArchivedFile): Promise<Readable> {
    const entry = this.entries.get(file.path);
    if (entry === undefined) throw damaged(`${file.path} is missing`);
    const content = await openEntry(this.zip, entry);
    const checked = new CheckedBytes(file);
    content.on('error', (error) => checked.destroy(damaged(`${file.path} cannot be read`, error)));
    checked.on('close', () => content.destroy());
    return content.pipe(checked);
  }

  /** @throws BackupProblem when any file is not what was put in; the reason of the signal */
  async verify(stop: AbortSignal, onFile: (file: ArchivedFile) => void): Promise<void> {
    for (const file of this.manifest.files) {
      const nowhere = new Writable({
        write: (_chunk, _encoding, done) => {
          done();
        },
      });
      await pipeline(await this.read(file), nowhere, { signal: stop });
      onFile(file);
    }
  }

  close(): void {
    this.zip.close();
  }
}

export function newer(file: string, why: string): BackupProblem {
  return new BackupProblem(
    EXIT.newer,
    `${file} was made by a newer version: ${why}. Restore it with the version that made it, or a newer one.`,
  );
}

/** Passes on what a file holds, and fails before its end where that is not what it should be. */
class CheckedBytes extends Transform {
  private readonly measured = new MeasuredBytes();

  constructor(private readonly file: ArchivedFile) {
    super();
  }

  override _transform(
    chunk: Buffer,
    encoding: BufferEncoding,
    done: (error?: Error | null, data?: Buffer) => void,
  ): void {
    this.measured._transform(chunk, encoding, done);
  }

  override _flush(done: (error?: Error | null) => void): void {
    const { path, bytes, sha256 } = this.file;
    const isSame = this.measured.bytes === bytes && this.measured.sha256 === sha256;
    done(isSame ? null : damaged(`${path} is not what was put in`));
  }
}

async function openZip(file: string): Promise<ZipFile> {
  try {
    return await openPromise(file, { autoClose: false, strictFileNames: true });
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT') throw new BackupProblem(EXIT.failed, `There is no file ${file}.`, { cause });
    if (code === 'EACCES' || code === 'EISDIR')
      throw new BackupProblem(EXIT.failed, `${file} cannot be read (${code}).`, { cause });
    throw new BackupProblem(EXIT.damaged, `${file} is no backup, or its end is missing.`, { cause });
  }
}

/** The names are checked by the reader of ZIP files: none leads out of the archive. */
async function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName)) throw new Error(`${entry.fileName} is there twice`);
      entries.set(entry.fileName, entry);
    }
  } catch (cause) {
    throw damaged('its list of files cannot be read', cause);
  }
  return entries;
}

async function readManifest(zip: ZipFile, entries: ReadonlyMap<string, Entry>, sum: string): Promise<string> {
  const entry = entries.get(MANIFEST);
  if (entry === undefined || entry.uncompressedSize > MOST_MANIFEST_BYTES)
    throw damaged('it has no manifest');
  const bytes = await readAll(zip, entry);
  if (createHash('sha256').update(bytes).digest('hex') !== sum) throw damaged('its manifest was changed');
  return bytes.toString('utf8');
}

async function readAll(zip: ZipFile, entry: Entry): Promise<Buffer> {
  try {
    return await buffer(await openEntry(zip, entry));
  } catch (cause) {
    throw damaged(`${entry.fileName} cannot be read`, cause);
  }
}

async function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  try {
    return await zip.openReadStreamPromise(entry);
  } catch (cause) {
    throw damaged(`${entry.fileName} cannot be read`, cause);
  }
}

function assertSameFiles(entries: ReadonlyMap<string, Entry>, { files }: Manifest): void {
  const missing = files.find(({ path }) => !entries.has(path));
  if (missing !== undefined) throw damaged(`${missing.path} is missing`);
  if (entries.size !== files.length + 1)
    throw damaged('there are files in it that its manifest does not name');
}
