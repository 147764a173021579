import { Injectable } from '@nestjs/common';

/** Finds the text of a finished job, null while there is none. */
export type JobTextReader = (jobId: string) => Promise<string | null>;

/** Lets the room that makes results show them with the job, without this room knowing it. */
@Injectable()
export class JobResultRegistry {
  private reader: JobTextReader | undefined;

  register(reader: JobTextReader): void {
    this.reader = reader;
  }

  async findText(jobId: string): Promise<string | null> {
    return (await this.reader?.(jobId)) ?? null;
  }
}
