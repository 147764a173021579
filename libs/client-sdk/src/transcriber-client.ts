import { Connection, type ConnectionOptions } from './connection.js';
import { createClient as createApi, type Client } from './generated/client/index.js';
import { cancelJob, cancelUpload, getTranscript, getUploadStatus, uploadByUrl } from './generated/sdk.gen.js';
import type { JobOptions, Job, JobStage, Transcript } from './generated/types.gen.js';
import { JobFollower, type JobTelling } from './job-follower.js';
import { wait } from './patience.js';
import { nameOf, readerOf, type Recording } from './recording.js';
import { errorOfAnswer, JobEndedError } from './transcriber-error.js';
import { readUpload, TusUpload } from './tus-upload.js';

const DEFAULT_CHUNK_BYTES = 4 * 2 ** 20;
const LOOK_AT_FETCH_MS = 1000;

/** How far it is; `percent` is of what is being done now. */
export type TranscriptionProgress =
  | { readonly phase: 'uploading'; readonly percent: number | null }
  | { readonly phase: 'queued'; readonly percent: 0; readonly queuePosition: number | null }
  | {
      readonly phase: 'transcribing';
      readonly percent: number | null;
      readonly stage: JobStage | null;
      /** Seconds of the recording in one second. */
      readonly speed: number | null;
      readonly estimatedEndAt: string | null;
    };

export interface WaitOptions {
  readonly onProgress?: ((progress: TranscriptionProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TranscribeOptions extends WaitOptions {
  /** A name of `listModels` that is ready; absent: its default. */
  readonly model?: NonNullable<JobOptions['model']> | undefined;
  /** Code or English name; absent: it is detected. */
  readonly language?: string | undefined;
  /** Which audio track, 0 being the first. */
  readonly track?: number | undefined;
  readonly priority?: NonNullable<JobOptions['priority']> | undefined;
  /** Is told how the job ended, as webhooks are. */
  readonly callbackUrl?: string | undefined;
  /** What the recording is called; default: as the File is. */
  readonly filename?: string | undefined;
  /** Under the same key, within 24 hours, an upload that was broken off goes on, and one that was finished is not begun again. */
  readonly idempotencyKey?: string | undefined;
}

export interface ClientOptions extends ConnectionOptions {
  /** How much of an upload one request carries; default 4 MiB. */
  readonly chunkBytes?: number;
}

/** The service, for programs. All that fails does so with a TranscriberError, or with the reason of the signal. */
export interface TranscriberClient {
  /** For the generated functions, one for each route: `listJobs({ client: transcriber.api })`. */
  readonly api: Client;
  /**
   * Sends a recording, which survives lost connections and restarts of the service, and waits for its transcript. An aborted signal
   * gives up the upload or cancels the job.
   * @throws JobEndedError when there is none
   */
  transcribe(recording: Recording, options?: TranscribeOptions): Promise<Transcript>;
  /** The same with a recording that the service fetches. */
  transcribeUrl(url: string, options?: TranscribeOptions): Promise<Transcript>;
  /** Sends a recording. @returns the id of its job */
  submit(recording: Recording, options?: TranscribeOptions): Promise<string>;
  /**
   * Waits until a job has ended, however it did. An aborted signal ends the waiting and not the job.
   * @param job it, or its id
   */
  waitFor(job: string | Pick<Job, 'job_id'>, options?: WaitOptions): Promise<Job>;
}

export function createClient(options: ClientOptions): TranscriberClient {
  return new HttpTranscriberClient(options);
}

class HttpTranscriberClient implements TranscriberClient {
  readonly api: Client;
  private readonly connection: Connection;
  private readonly chunkBytes: number;

  constructor(options: ClientOptions) {
    this.connection = new Connection(options);
    this.chunkBytes = options.chunkBytes ?? DEFAULT_CHUNK_BYTES;
    this.api = createApi({
      baseUrl: this.connection.baseUrl,
      fetch: this.connection.fetch,
      throwOnError: true,
      // Routes take cookies and another field too; one of them is enough, and two are refused.
      auth: ({ scheme }) => (scheme === 'bearer' ? options.apiKey : undefined),
    });
    this.api.interceptors.error.use((error, response: Response | undefined) =>
      response === undefined ? error : errorOfAnswer(response, error),
    );
  }

  async transcribe(recording: Recording, options: TranscribeOptions = {}): Promise<Transcript> {
    return this.transcriptOf(await this.submit(recording, options), options);
  }

  async transcribeUrl(url: string, options: TranscribeOptions = {}): Promise<Transcript> {
    return this.transcriptOf(await this.submitUrl(url, options), options);
  }

  async submit(recording: Recording, options: TranscribeOptions = {}): Promise<string> {
    const { onProgress, signal } = options;
    const reader = readerOf(recording);
    const upload = await TusUpload.begin(this.connection, reader, {
      metadata: metadataOf({ filename: options.filename ?? nameOf(recording), ...fieldsOf(options) }),
      chunkBytes: this.chunkBytes,
      idempotencyKey: options.idempotencyKey,
      signal,
      onSent: (bytes) => onProgress?.({ phase: 'uploading', percent: (bytes / reader.size) * 100 }),
    });
    try {
      return await upload.send();
    } catch (error) {
      if (signal?.aborted === true) await this.giveUp(upload.id);
      throw error;
    }
  }

  async waitFor(job: string | Pick<Job, 'job_id'>, options: WaitOptions = {}): Promise<Job> {
    const { onProgress, signal } = options;
    const onTelling =
      onProgress &&
      ((telling: JobTelling) => {
        onProgress(progressOf(telling));
      });
    return new JobFollower(this.connection, typeof job === 'string' ? job : job.job_id, {
      signal,
      onTelling,
    }).end();
  }

  private async transcriptOf(jobId: string, options: WaitOptions): Promise<Transcript> {
    const job = await this.waitFor(jobId, options).catch(async (error: unknown) => {
      if (options.signal?.aborted === true) await this.cancel(jobId);
      throw error;
    });
    if (job.status !== 'completed') throw new JobEndedError(job);
    const { data } = await getTranscript({ client: this.api, path: { job_id: jobId } });
    return data;
  }

  private async submitUrl(url: string, options: TranscribeOptions): Promise<string> {
    const { filename, idempotencyKey, onProgress, signal } = options;
    const body = { url, ...(filename !== undefined && { filename }), ...fieldsOf(options) };
    const headers = idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey };
    const { data } = await uploadByUrl({ client: this.api, body, headers, ...(signal && { signal }) });
    try {
      return await this.waitForFetch(data.session_id, { onProgress, signal });
    } catch (error) {
      if (signal?.aborted === true) await this.giveUp(data.session_id);
      throw error;
    }
  }

  private async waitForFetch(uploadId: string, { onProgress, signal }: WaitOptions): Promise<string> {
    for (;;) {
      const status = await readUpload(this.connection, uploadId, signal);
      onProgress?.({ phase: 'uploading', percent: status.progress_percent });
      if (status.job_id !== null) return status.job_id;
      await wait(LOOK_AT_FETCH_MS, signal);
    }
  }

  /** An upload, or the job that it has become meanwhile. */
  private async giveUp(uploadId: string): Promise<void> {
    const options = { client: this.api, fetch: this.connection.fetchOnce, path: { session_id: uploadId } };
    const given = await cancelUpload(options).catch(() => undefined);
    if (given !== undefined) return;
    const upload = await getUploadStatus(options).catch(() => undefined);
    if (typeof upload?.data.job_id === 'string') await this.cancel(upload.data.job_id);
  }

  /** One that has ended meanwhile needs none; one that cannot be reached goes on. */
  private async cancel(jobId: string): Promise<void> {
    const options = { client: this.api, fetch: this.connection.fetchOnce, path: { job_id: jobId } };
    await cancelJob(options).catch(() => undefined);
  }
}

function fieldsOf({ model, language, track, priority, callbackUrl }: TranscribeOptions): JobOptions {
  return {
    ...(model !== undefined && { model }),
    ...(language !== undefined && { language }),
    ...(track !== undefined && { track }),
    ...(priority !== undefined && { priority }),
    ...(callbackUrl !== undefined && { callback_url: callbackUrl }),
  };
}

function metadataOf(fields: JobOptions & { filename: string }): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}

function progressOf(telling: JobTelling): TranscriptionProgress {
  const { percent, stage, speed, queue_position: queuePosition } = telling;
  if (stage === null) return { phase: 'queued', percent: 0, queuePosition };
  return { phase: 'transcribing', percent, stage, speed, estimatedEndAt: telling.estimated_end_at };
}
