import type { Connection } from './connection.js';
import type { UploadStatus } from './generated/types.gen.js';
import { wait } from './patience.js';
import type { RecordingReader } from './recording.js';
import { readError, TranscriberError, type ErrorCode } from './transcriber-error.js';

const ENDPOINT = '/uploads/tus';
const ASK_AGAIN_MS = 1000;
const FIRST_PIECE_BYTES = 512 * 1024;
const SMALLEST_PIECE_BYTES = 64 * 1024;
const FAST_MS = 500;
const SLOW_MS = 4000;

export interface TusUploadOptions {
  readonly metadata: Readonly<Record<string, string>>;
  /** How many bytes a request carries at most. */
  readonly chunkBytes: number;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @param waitingFor `connection` while the service cannot be reached; a code of problems once it waits for room for the job */
  readonly onSent?: ((bytes: number, waitingFor: string | null) => void) | undefined;
}

/** One upload by tus 1.0, which goes on where the service has got to. */
export class TusUpload {
  private constructor(
    private readonly connection: Connection,
    readonly id: string,
    private readonly reader: RecordingReader,
    private readonly options: TusUploadOptions,
    private readonly storedAtFirst = 0,
  ) {}

  /** @throws TranscriberError */
  static async begin(
    connection: Connection,
    reader: RecordingReader,
    options: TusUploadOptions,
  ): Promise<TusUpload> {
    const headers = {
      'tus-resumable': '1.0.0',
      'upload-length': String(reader.size),
      'upload-metadata': encodeMetadata(options.metadata),
      ...(options.idempotencyKey !== undefined && { 'idempotency-key': options.idempotencyKey }),
    };
    const response = await connection.ask(ENDPOINT, { method: 'POST', headers, ...signalOf(options) });
    // Only the id: an address that a proxy has made up may not be one where the API key belongs.
    const id = response.headers.get('location')?.split('/').at(-1) ?? '';
    return new TusUpload(connection, id, reader, options);
  }

  /** @returns null where the service has no such upload any more. @throws TranscriberError */
  static async resume(
    connection: Connection,
    id: string,
    reader: RecordingReader,
    options: TusUploadOptions,
  ): Promise<TusUpload | null> {
    const status = await findUpload(connection, id, options.signal);
    return status && new TusUpload(connection, id, reader, options, status.received_bytes);
  }

  /** Sends the recording. @returns the id of its job. @throws TranscriberError */
  async send(): Promise<string> {
    const { size } = this.reader;
    const patience = this.connection.patience();
    const piece = new PieceSize(this.options.chunkBytes);
    let jobId: string | null = null;
    for (let offset = this.storedAtFirst; offset < size;) {
      const before = offset;
      try {
        const begun = Date.now();
        ({ offset, jobId } = await this.append(offset, piece.bytes));
        piece.adapt(Date.now() - begun);
      } catch (error) {
        if (!(error instanceof TranscriberError)) throw error;
        this.options.onSent?.(offset, error.code === 'unreachable' ? 'connection' : null);
        await patience.afterFailure(error, this.options.signal);
        offset = await this.storedBytes();
      }
      if (offset > before) patience.renew();
      this.options.onSent?.(offset, null);
    }
    return jobId ?? (await this.waitForJob());
  }

  private async append(offset: number, length: number): Promise<{ offset: number; jobId: string | null }> {
    const headers = {
      'tus-resumable': '1.0.0',
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    };
    const body = await this.reader.read(offset, length);
    const init = { method: 'PATCH', headers, body, ...signalOf(this.options) };
    const response = await this.connection.send(`${ENDPOINT}/${this.id}`, init);
    if (!response.ok) throw await readError(response);
    return {
      offset: Number(response.headers.get('upload-offset')),
      jobId: response.headers.get('x-job-id'),
    };
  }

  private async storedBytes(): Promise<number> {
    const init = { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' }, ...signalOf(this.options) };
    const response = await this.connection
      .ask(`${ENDPOINT}/${this.id}`, init)
      .catch(async (error: unknown) => {
        // Answers to HEAD do not say what is wrong.
        if (error instanceof TranscriberError && error.code === 'answer_invalid')
          await readUpload(this.connection, this.id, this.options.signal);
        throw error;
      });
    return Number(response.headers.get('upload-offset'));
  }

  /** The answer to the last bytes got lost, or there is no room for a job yet. */
  private async waitForJob(): Promise<string> {
    for (;;) {
      const status = await readUpload(this.connection, this.id, this.options.signal);
      if (status.job_id !== null) return status.job_id;
      this.options.onSent?.(this.reader.size, status.waiting_for);
      await wait(ASK_AGAIN_MS, this.options.signal);
    }
  }
}

/** How much to send at once: not for long, since progress is told in between, and not in too many requests. */
class PieceSize {
  bytes: number;

  constructor(private readonly most: number) {
    this.bytes = Math.min(FIRST_PIECE_BYTES, most);
  }

  adapt(tookMs: number): void {
    if (tookMs < FAST_MS) this.bytes = Math.min(this.bytes * 2, this.most);
    else if (tookMs > SLOW_MS)
      this.bytes = Math.min(Math.max(this.bytes / 2, SMALLEST_PIECE_BYTES), this.most);
  }
}

/** @returns null when there is none, or it has ended without a job. @throws TranscriberError for all else */
export async function findUpload(
  connection: Connection,
  id: string,
  signal?: AbortSignal,
): Promise<UploadStatus | null> {
  try {
    const status = await askStatus(connection, id, signal);
    return hasEndedBadly(status) ? null : status;
  } catch (error) {
    if (error instanceof TranscriberError && error.code === 'upload_not_found') return null;
    throw error;
  }
}

/** @throws TranscriberError also when the upload has ended without a job */
export async function readUpload(
  connection: Connection,
  id: string,
  signal?: AbortSignal,
): Promise<UploadStatus> {
  const status = await askStatus(connection, id, signal);
  if (hasEndedBadly(status))
    throw new TranscriberError(status.error_detail ?? `The upload is ${status.status}.`, {
      code: (status.error_code as ErrorCode | null) ?? 'upload_gone',
    });
  return status;
}

async function askStatus(connection: Connection, id: string, signal?: AbortSignal): Promise<UploadStatus> {
  const response = await connection.ask(`/uploads/${id}/status`, signal === undefined ? {} : { signal });
  return (await response.json()) as UploadStatus;
}

function hasEndedBadly({ status }: UploadStatus): boolean {
  return ['failed', 'cancelled', 'expired'].includes(status);
}

function signalOf({ signal }: TusUploadOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function encodeMetadata(metadata: Readonly<Record<string, string>>): string {
  const encode = (text: string): string =>
    btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
  return Object.entries(metadata)
    .map(([key, value]) => `${key} ${encode(value)}`)
    .join(',');
}
