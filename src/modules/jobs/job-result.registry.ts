import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Finds the text of a finished job, null while there is none. */
export type JobTextReader = (jobId: string) => Promise<string | null>;

/** Lets the room that makes results show them with the job, without this room knowing it. */
@Injectable()
export class JobResultRegistry implements OnApplicationBootstrap {
  private reader: JobTextReader | undefined;

  register(reader: JobTextReader): void {
    this.reader = reader;
  }

  /** A service whose finished jobs could not show their text must not start. */
  onApplicationBootstrap(): void {
    if (this.reader === undefined) throw new Error('Nobody registered as the reader of job results');
  }

  async findText(jobId: string): Promise<string | null> {
    return (await this.reader?.(jobId)) ?? null;
  }
}
