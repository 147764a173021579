import type { Connection } from './connection.js';
import { EventStream } from './event-stream.js';
import type { Job } from './generated/types.gen.js';
import type { JobTelling } from './job-events.js';
import { wait } from './patience.js';
import type { ServerEvent } from './server-events.js';
import { TranscriberError } from './transcriber-error.js';

const LOOK_AGAIN_MS = 2000;
const ENDS = ['completed', 'failed', 'cancelled', 'deleted'];
/** Whoever may not have the stream may not look either. */
const REFUSALS = [401, 403, 404];

export interface FollowOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onTelling?: ((telling: JobTelling) => void) | undefined;
}

/** Waits for the end of a job by its events, and where these cannot be had by looking again and again. */
export class JobFollower {
  private readonly stream: EventStream;

  constructor(
    private readonly connection: Connection,
    private readonly jobId: string,
    private readonly options: FollowOptions,
  ) {
    this.stream = new EventStream(connection, `/jobs/${jobId}/events`);
  }

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
        const isOver = job.status !== 'queued' && job.status !== 'processing';
        // What a job came to in its last moment is no event of its own.
        if (!hasTold || job.status === 'completed')
          onTelling?.({ ...job.progress, queue_position: job.queue_position });
        if (isOver) return job;
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
    let hasTold = false;
    try {
      for await (const event of this.stream.read(this.options.signal)) {
        hasTold = true;
        this.tell(event);
        if (ENDS.includes(event.event)) break;
      }
    } catch (error) {
      // There are too many streams, or a proxy lets none pass: the job is looked at all the same.
      if (!(error instanceof TranscriberError) || REFUSALS.includes(error.status)) throw error;
    }
    return hasTold;
  }

  private tell({ event, data }: ServerEvent): void {
    if (event === 'progress') this.options.onTelling?.(JSON.parse(data) as JobTelling);
  }

  private init(): RequestInit {
    const { signal } = this.options;
    return signal === undefined ? {} : { signal };
  }
}
