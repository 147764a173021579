import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { JobView } from '../job.view.js';
import { JobsRepository } from '../jobs.repository.js';

/** For so long nobody counts anew. */
const FRESH_MS = 1000;
/** Who has not asked for so long asks no more. Longer than the pause between two questions about one job. */
const ASKING_MS = 3000;

interface Reading {
  readonly at: number;
  /** Of each job that was asked for; null for one that did not wait. */
  readonly positions: ReadonlyMap<string, number | null>;
}

/** Where the waiting jobs stand that clients of this process watch, by one statement for all of them, however many there are. */
@Injectable()
export class QueuePositions {
  private readonly askedAt = new Map<string, number>();
  private latest: Reading = { at: -Infinity, positions: new Map() };
  private reading: Promise<void> | null = null;

  constructor(
    private readonly repository: JobsRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Where a waiting job stands, 1 being the next, as it was a moment ago; null for one that does not wait.
   *
   * @throws AppError database_unavailable
   */
  async find({ id, status }: JobView): Promise<number | null> {
    if (status !== 'queued') return null;
    this.askedAt.set(id, performance.now());
    while (!this.isKnown(id)) await (this.reading ??= this.read());
    return this.latest.positions.get(id) ?? null;
  }

  private isKnown(id: string): boolean {
    return performance.now() - this.latest.at < FRESH_MS && this.latest.positions.has(id);
  }

  private async read(): Promise<void> {
    const at = performance.now();
    for (const [id, askedAt] of this.askedAt) if (at - askedAt > ASKING_MS) this.askedAt.delete(id);
    const ids = [...this.askedAt.keys()];
    try {
      const ahead = await this.unitOfWork.read(() => this.repository.countAheadOfEach(ids));
      const positions = new Map(ids.map((id) => [id, toPosition(ahead.get(id))]));
      this.latest = { at: performance.now(), positions };
    } finally {
      this.reading = null;
    }
  }
}

function toPosition(ahead: number | undefined): number | null {
  return ahead === undefined ? null : ahead + 1;
}
