import type { Connection } from './connection.js';
import type { Job, JobProgress } from './generated/types.gen.js';
import { wait } from './patience.js';
import { readServerEvents, type ServerEvent } from './server-events.js';
import { readError, TranscriberError } from './transcriber-error.js';

const LOOK_AGAIN_MS = 2000;
/** The service fills silence with comments every 15 seconds. */
const LONGEST_SILENCE_MS = 60_000;
const ENDS = ['completed', 'failed', 'cancelled', 'deleted'];

/** How far a job is, as in its `progress` events. */
export type JobTelling = JobProgress & { readonly queue_position: number | null };

export interface FollowOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onTelling?: ((telling: JobTelling) => void) | undefined;
}

/** Waits for the end of a job by its events, and where these cannot be had by looking again and again. */
export class JobFollower {
  private lastEventId = '';

  constructor(
    private readonly connection: Connection,
    private readonly jobId: string,
    private readonly options: FollowOptions,
  ) {}

  /** @returns the job as it ended. @throws TranscriberError */
  async end(): Promise<Job> {
    const { onTelling, signal } = this.options;
    const patience = this.connection.patience();
    for (;;) {
      let hasTold = false;
      try {
        hasTold = await this.readEvents();
        const job = await this.look();
        patience.renew();
        if (job.status !== 'queued' && job.status !== 'processing') return job;
        if (!hasTold) onTelling?.({ ...job.progress, queue_position: job.queue_position });
      } catch (error) {
        if (!(error instanceof TranscriberError)) throw error;
        await patience.afterFailure(error, signal);
      }
      await wait(LOOK_AGAIN_MS, signal);
    }
  }

  private async look(): Promise<Job> {
    const response = await this.connection.ask(`/jobs/${this.jobId}`, this.init());
    return (await response.json()) as Job;
  }

  /** Reads until the stream ends, for whatever reason. @returns whether anything was told */
  private async readEvents(): Promise<boolean> {
    const { signal } = this.options;
    const silence = new Silence(LONGEST_SILENCE_MS);
    let hasTold = false;
    try {
      const response = await this.openStream(
        signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
      );
      if (response === null) return false;
      const heard = response.pipeThrough(silence.brokenByBytes());
      for await (const event of readServerEvents(heard)) {
        hasTold = true;
        this.lastEventId = event.id;
        this.tell(event);
        if (ENDS.includes(event.event)) break;
      }
    } catch (error) {
      signal?.throwIfAborted();
      // A stream that breaks off is no failure yet: the job is looked at next.
      if (error instanceof TranscriberError && error.code !== 'unreachable') throw error;
    } finally {
      silence.stop();
    }
    return hasTold;
  }

  /**
   * @returns null where none is to be had: there are too many streams, or a proxy lets none pass
   * @throws TranscriberError for what is refused to whoever looks too
   */
  private async openStream(signal: AbortSignal): Promise<ReadableStream<Uint8Array> | null> {
    const headers = {
      accept: 'text/event-stream',
      ...(this.lastEventId !== '' && { 'last-event-id': this.lastEventId }),
    };
    const response = await this.connection.send(`/jobs/${this.jobId}/events`, { headers, signal });
    if (response.status === 200) return response.body;
    if ([401, 403, 404].includes(response.status)) throw await readError(response);
    await response.body?.cancel();
    return null;
  }

  private tell({ event, data }: ServerEvent): void {
    if (event === 'progress') this.options.onTelling?.(JSON.parse(data) as JobTelling);
  }

  private init(): RequestInit {
    const { signal } = this.options;
    return signal === undefined ? {} : { signal };
  }
}

/** Aborts its signal when nothing was heard for so long. */
class Silence {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly longestMs: number) {
    this.begin();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  brokenByBytes(): TransformStream<Uint8Array, Uint8Array> {
    return new TransformStream({
      transform: (bytes, stream) => {
        this.begin();
        stream.enqueue(bytes);
      },
    });
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private begin(): void {
    this.stop();
    this.timer = setTimeout(() => {
      this.controller.abort();
    }, this.longestMs);
  }
}
