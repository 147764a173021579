import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { JobEventsRepository } from '../history/job-events.repository.js';

/** What was read may be so old. Shorter than the pause of those who ask. */
const FRESH_MS = 500;
/** After a longer pause it begins anew, as the history of all of it may be long. */
const STALE_MS = 10_000;

/** Whether there are events of those whose streams of all jobs are open in this process, by one statement for all of them. */
@Injectable()
export class OwnerSights {
  /** The number of the reading that found the last events of an owner. */
  private readonly foundIn = new Map<string, number>();
  /** Of the reading that began anew. */
  private begun = 0;
  private number = 0;
  private end: string | null = null;
  private at = -Infinity;
  private reading: Promise<void> | null = null;

  constructor(
    private readonly events: JobEventsRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Another one as soon as there are events of this owner in their place.
   *
   * @throws AppError database_unavailable
   */
  async find(ownerId: string): Promise<number> {
    if (performance.now() - this.at >= FRESH_MS) await (this.reading ??= this.read());
    return this.foundIn.get(ownerId) ?? this.begun;
  }

  private async read(): Promise<void> {
    const after = performance.now() - this.at > STALE_MS ? null : this.end;
    try {
      const { end, owners } = await this.unitOfWork.read(() => this.events.findOwnersSince(after));
      this.number += 1;
      if (after === null) {
        this.begun = this.number;
        this.foundIn.clear();
      }
      for (const owner of owners) this.foundIn.set(owner, this.number);
      this.end = end;
      this.at = performance.now();
    } finally {
      this.reading = null;
    }
  }
}
