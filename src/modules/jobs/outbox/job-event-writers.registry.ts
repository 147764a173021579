import { Injectable } from '@nestjs/common';
import type { JobEventView } from '../history/job-event.view.js';

/** Writes what follows of events into the transaction that is open, once for each of them. */
export type JobEventWriter = (events: readonly JobEventView[]) => Promise<void>;

/** Who has to write something of what happens to jobs. */
@Injectable()
export class JobEventWritersRegistry {
  private readonly writers: JobEventWriter[] = [];

  register(writer: JobEventWriter): void {
    this.writers.push(writer);
  }

  async write(events: readonly JobEventView[]): Promise<void> {
    for (const write of this.writers) await write(events);
  }
}
