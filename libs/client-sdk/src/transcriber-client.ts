import { closing } from './closing-streams.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { createClient as createApi, type Client } from './generated/client/index.js';
import { cancelJob, cancelUpload, getTranscript, getUploadStatus, uploadByUrl } from './generated/sdk.gen.js';
import type { Job, JobOptions, JobStage, Transcript, UploadStatus } from './generated/types.gen.js';
import {
  readEventsOfJob,
  readJobEvents,
  type FollowedJobEvent,
  type JobEvent,
  type JobEventsOptions,
  type JobTelling,
} from './job-events.js';
import { JobFollower } from './job-follower.js';
import { wait } from './patience.js';
import { nameOf, readerOf, type Recording } from './recording.js';
import { errorOfAnswer, JobEndedError } from './transcriber-error.js';
import { findUpload, readUpload, TusUpload, type TusUploadOptions } from './tus-upload.js';
import { UploadMemory, type FileIdentity, type UploadStorage } from './upload-memory.js';

const DEFAULT_CHUNK_BYTES = 4 * 2 ** 20;
const LOOK_AT_FETCH_MS = 1000;

/** How far it is; `percent` is of what is being done now. */
export type TranscriptionProgress =
  | {
      readonly phase: 'uploading';
      readonly percent: number | null;
      /** Why it does not go on: `connection`, or a code of problems such as `too_many_active_jobs`. */
      readonly waitingFor: string | null;
    }
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
  /** `translate` writes English, whatever is spoken. */
  readonly task?: JobOptions['task'] | undefined;
  /** Give each word with its times. */
  readonly words?: boolean | undefined;
  /** Text that could have been said before: its spelling and style carry over. */
  readonly prompt?: string | undefined;
  /** Names and terms that are likely to be said. */
  readonly hotwords?: string | undefined;
  /** From 0 to 1; above 0 text is drawn at this temperature only. */
  readonly temperature?: number | undefined;
  /** `separate` hears each channel by itself. */
  readonly channels?: JobOptions['channels'] | undefined;
  /** Tell who speaks when. */
  readonly diarize?: boolean | undefined;
  /** How many people speak, 1 to 20. */
  readonly numSpeakers?: number | undefined;
  /** How many speak at least, where their number is not known. */
  readonly minSpeakers?: number | undefined;
  /** How many speak at most, where their number is not known. */
  readonly maxSpeakers?: number | undefined;
  /** Saved voices whose names speakers get where they are heard, by names or ids; `true`: all of yours. Needs `diarize`. */
  readonly knownVoices?: boolean | readonly string[] | undefined;
  /** What the recording is called; default: as the File is. */
  readonly filename?: string | undefined;
  /** Under the same key, within 24 hours, an upload that was broken off goes on, and one that was finished is not begun again. */
  readonly idempotencyKey?: string | undefined;
  /** What an aborted signal does at the service: gives up the upload or cancels the job (default), or leaves them to go on later. */
  readonly onAbort?: 'cancel' | 'keep' | undefined;
}

export interface ClientOptions extends ConnectionOptions {
  /** How much of an upload one request carries at most; default 4 MiB. It is less where the network is slow. */
  readonly chunkBytes?: number;
  /** `localStorage`, say: a `File` that is given again goes on where it was, also after a reload of the page. */
  readonly uploadStorage?: UploadStorage;
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
  /** Has the service fetch a recording. @returns the id of its job */
  submitUrl(url: string, options?: TranscribeOptions): Promise<string>;
  /** What the service has of a file that was not sent to its end, by `uploadStorage`. `submit` with the same options goes on with it. */
  findPreviousUpload(file: FileIdentity): Promise<UploadStatus | null>;
  /** Gives up what the service has of such a file, or the job that it has become. */
  cancelPreviousUpload(file: FileIdentity): Promise<void>;
  /**
   * Waits until a job has ended, however it did. An aborted signal ends the waiting and not the job.
   * @param job it, or its id
   */
  waitFor(job: string | Pick<Job, 'job_id'>, options?: WaitOptions): Promise<Job>;
  /** Tells of each change of the status of a job of yours, and of its deletion, once and in order, until the signal ends it. */
  jobEvents(options?: JobEventsOptions): AsyncGenerator<JobEvent, never>;
  /**
   * Tells of a job until it has ended: each change of its status, how far it is, and its text as it grows.
   * @param job it, or its id
   */
  eventsOfJob(
    job: string | Pick<Job, 'job_id'>,
    options?: JobEventsOptions,
  ): AsyncGenerator<FollowedJobEvent, void>;
}

export function createClient(options: ClientOptions): TranscriberClient {
  return new HttpTranscriberClient(options);
}

class HttpTranscriberClient implements TranscriberClient {
  readonly api: Client;
  private readonly connection: Connection;
  private readonly chunkBytes: number;
  private readonly memory: UploadMemory;

  constructor(options: ClientOptions) {
    this.connection = new Connection(options);
    this.chunkBytes = options.chunkBytes ?? DEFAULT_CHUNK_BYTES;
    this.memory = new UploadMemory(options.uploadStorage, this.connection.baseUrl);
    this.api = createApi({
      baseUrl: this.connection.baseUrl,
      fetch: this.connection.fetch,
      throwOnError: true,
      // Routes take cookies and another field too; one of them is enough, and two are refused.
      auth: ({ scheme }) => (scheme === 'bearer' ? options.apiKey : undefined),
    });
    this.api.sse.get = closing(this.api.sse.get, this.connection.fetch);
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
    const upload = await this.openUpload(recording, options);
    try {
      const jobId = await upload.send();
      this.memory.forget(recording);
      return jobId;
    } catch (error) {
      if (isCancelled(options)) {
        this.memory.forget(recording);
        await this.giveUp(upload.id);
      }
      throw error;
    }
  }

  async submitUrl(url: string, options: TranscribeOptions = {}): Promise<string> {
    const { filename, idempotencyKey, onProgress, signal } = options;
    const body = { url, ...(filename !== undefined && { filename }), ...fieldsOf(options) };
    const headers = idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey };
    const { data } = await uploadByUrl({ client: this.api, body, headers, ...(signal && { signal }) });
    try {
      return await this.waitForFetch(data.session_id, { onProgress, signal });
    } catch (error) {
      if (isCancelled(options)) await this.giveUp(data.session_id);
      throw error;
    }
  }

  async findPreviousUpload(file: FileIdentity): Promise<UploadStatus | null> {
    const known = this.memory.find(file);
    return known && findUpload(this.connection, known.id);
  }

  async cancelPreviousUpload(file: FileIdentity): Promise<void> {
    const known = this.memory.find(file);
    this.memory.forget(file);
    if (known !== null) await this.giveUp(known.id);
  }

  async waitFor(job: string | Pick<Job, 'job_id'>, options: WaitOptions = {}): Promise<Job> {
    const { onProgress, signal } = options;
    const onTelling =
      onProgress &&
      ((telling: JobTelling) => {
        onProgress(progressOf(telling));
      });
    return new JobFollower(this.connection, idOf(job), { signal, onTelling }).end();
  }

  jobEvents(options: JobEventsOptions = {}): AsyncGenerator<JobEvent, never> {
    return readJobEvents(this.connection, options);
  }

  eventsOfJob(
    job: string | Pick<Job, 'job_id'>,
    options: JobEventsOptions = {},
  ): AsyncGenerator<FollowedJobEvent, void> {
    return readEventsOfJob(this.connection, idOf(job), options);
  }

  /** The one that the recording has, if it was ordered with the same options, else a new one. */
  private async openUpload(recording: Recording, options: TranscribeOptions): Promise<TusUpload> {
    const { idempotencyKey, onProgress, signal } = options;
    const reader = readerOf(recording);
    const metadata = metadataOf({ filename: options.filename ?? nameOf(recording), ...fieldsOf(options) });
    const upload: TusUploadOptions = {
      metadata,
      chunkBytes: this.chunkBytes,
      idempotencyKey,
      signal,
      onSent: (bytes, waitingFor) =>
        onProgress?.({ phase: 'uploading', percent: (bytes / reader.size) * 100, waitingFor }),
    };
    const known = this.memory.find(recording);
    if (known !== null && JSON.stringify(known.metadata) === JSON.stringify(metadata)) {
      const previous = await TusUpload.resume(this.connection, known.id, reader, upload);
      if (previous !== null) return previous;
    }
    const begun = await TusUpload.begin(this.connection, reader, upload);
    this.memory.keep(recording, { id: begun.id, metadata });
    return begun;
  }

  private async transcriptOf(jobId: string, options: TranscribeOptions): Promise<Transcript> {
    const job = await this.waitFor(jobId, options).catch(async (error: unknown) => {
      if (isCancelled(options)) await this.cancel(jobId);
      throw error;
    });
    if (job.status !== 'completed') throw new JobEndedError(job);
    const { signal = null } = options;
    const { data } = await getTranscript({ client: this.api, path: { job_id: jobId }, signal });
    return data;
  }

  private async waitForFetch(uploadId: string, { onProgress, signal }: WaitOptions): Promise<string> {
    for (;;) {
      const status = await readUpload(this.connection, uploadId, signal);
      onProgress?.({ phase: 'uploading', percent: status.progress_percent, waitingFor: status.waiting_for });
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

function idOf(job: string | Pick<Job, 'job_id'>): string {
  return typeof job === 'string' ? job : job.job_id;
}

function isCancelled({ onAbort = 'cancel', signal }: TranscribeOptions): boolean {
  return signal?.aborted === true && onAbort === 'cancel';
}

function fieldsOf(options: TranscribeOptions): JobOptions {
  const { model, language, track, priority, task, words, prompt, hotwords, temperature, channels } = options;
  const named = {
    ...{ model, language, track, priority, task, words, prompt, hotwords, temperature, channels },
    diarize: options.diarize,
    num_speakers: options.numSpeakers,
    min_speakers: options.minSpeakers,
    max_speakers: options.maxSpeakers,
    known_voices: options.knownVoices,
    callback_url: options.callbackUrl,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

function metadataOf(fields: JobOptions & { filename: string }): Record<string, string> {
  const texts = Object.entries(fields).map(([name, value]: [string, unknown]) => [
    name,
    // Names of voices may have commas.
    Array.isArray(value) ? JSON.stringify(value) : String(value),
  ]);
  return Object.fromEntries(texts) as Record<string, string>;
}

function progressOf(telling: JobTelling): TranscriptionProgress {
  const { percent, stage, speed, queue_position: queuePosition } = telling;
  if (stage === null) return { phase: 'queued', percent: 0, queuePosition };
  return { phase: 'transcribing', percent, stage, speed, estimatedEndAt: telling.estimated_end_at };
}
