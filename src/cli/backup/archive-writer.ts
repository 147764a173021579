import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { flushFolder } from '../../platform/runtime/flush-folder.js';
import { codeOf } from '../../platform/runtime/system-calls.js';
import { BackupProblem, EXIT } from './backup-problem.js';
import { FORMAT, MANIFEST, type ArchivedFile, type Manifest } from './manifest.js';
import { MeasuredBytes } from './measured-bytes.js';

/** What ends the name of a file that is not all there yet. */
export const PARTIAL = '.partial';

const OWNER_ONLY = 0o600;
/** Beyond it files need another form of their entry. */
const LARGE_FILE = 2 ** 31;

/** Writes an archive, which is there under its name when all of it is, and not before. */
export class ArchiveWriter {
  readonly files: ArchivedFile[] = [];
  private readonly zip = new ZipFile();
  private readonly broken = new AbortController();
  private readonly written: Promise<void>;

  private constructor(
    private readonly target: string,
    private readonly partial: string,
    stop: AbortSignal,
  ) {
    this.zip.on('error', (error: unknown) => {
      this.broken.abort(error);
    });
    const file = createWriteStream(partial, { mode: OWNER_ONLY, flush: true });
    const signal = AbortSignal.any([stop, this.broken.signal]);
    this.written = pipeline(this.zip.outputStream, file, { signal });
    // Whoever adds a file finds it by the signal, whoever finishes by the promise.
    this.written.catch((error: unknown) => {
      this.broken.abort(error);
    });
  }

  static async create(target: string, stop: AbortSignal): Promise<ArchiveWriter> {
    const partial = `${target}${PARTIAL}`;
    await rm(partial, { force: true });
    return new ArchiveWriter(target, partial, stop);
  }

  /** @throws BackupProblem when the disk is full; what `content` throws */
  async add(name: string, content: Readable, options: { compress: boolean; bytes?: number }): Promise<void> {
    const measured = new MeasuredBytes();
    const { compress, bytes = 0 } = options;
    this.zip.addReadStream(measured, name, {
      compress,
      mode: 0o100_000 | OWNER_ONLY,
      forceZip64Format: bytes > LARGE_FILE,
    });
    try {
      await pipeline(content, measured, { signal: this.broken.signal });
    } catch (error) {
      throw this.reason(error);
    }
    this.files.push({ path: name, bytes: measured.bytes, sha256: measured.sha256 });
  }

  /** @throws BackupProblem when the disk is full */
  async finish(manifest: Manifest): Promise<void> {
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    const sum = createHash('sha256').update(text).digest('hex');
    try {
      this.zip.addBuffer(text, MANIFEST, { mode: 0o100_000 | OWNER_ONLY });
      this.zip.end({ comment: commentOf(sum), forceZip64Format: false });
      await this.written;
      await chmod(this.partial, OWNER_ONLY);
      await rename(this.partial, this.target);
      await flushFolder(path.dirname(this.target));
    } catch (error) {
      throw this.reason(error);
    }
  }

  /** Nothing of it is left. */
  async giveUp(): Promise<void> {
    this.broken.abort();
    await this.written.catch(() => undefined);
    await rm(this.partial, { force: true });
  }

  private reason(error: unknown): unknown {
    const reason: unknown = this.broken.signal.aborted ? this.broken.signal.reason : error;
    if (codeOf(reason) !== 'ENOSPC' && codeOf(reason) !== 'EDQUOT') return reason;
    return new BackupProblem(EXIT.noSpace, `There is no space left for ${this.target}.`, { cause: reason });
  }
}

const COMMENT = /^whisper-transcriber backup (\d+) sha256:([0-9a-f]{64})$/;

function commentOf(manifestSum: string): string {
  return `whisper-transcriber backup ${FORMAT} sha256:${manifestSum}`;
}

/** What the comment of an archive says of it; null for an archive of somebody else. */
export function readComment(comment: string): { format: number; manifestSum: string } | null {
  const [, format, manifestSum] = COMMENT.exec(comment) ?? [];
  return format === undefined || manifestSum === undefined ? null : { format: Number(format), manifestSum };
}
