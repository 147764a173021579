import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { QueueFiguresRepository } from './queue-figures.repository.js';
import type { CurrentJob, JobCounts, Throughput } from './queue-figures.view.js';

/** Figures of the jobs of everybody. Who may see them is up to the caller. Each throws AppError database_unavailable. */
@Injectable()
export class QueueFiguresService {
  private counting: Promise<JobCounts> | null = null;

  constructor(
    private readonly repository: QueueFiguresRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** All that the rows of jobs tell. Those who ask at the same time get one reading. */
  readCounts(): Promise<JobCounts> {
    this.counting ??= this.unitOfWork
      .read(() => this.repository.readCounts())
      .finally(() => {
        this.counting = null;
      });
    return this.counting;
  }

  readThroughput(): Promise<Throughput> {
    return this.unitOfWork.read(() => this.repository.readThroughput());
  }

  /** Clears away what the throughput no longer counts. */
  forgetOld(): Promise<void> {
    return this.unitOfWork.read(() => this.repository.forgetOld());
  }

  /** What workers are at. */
  listCurrent(): Promise<readonly CurrentJob[]> {
    return this.unitOfWork.read(() => this.repository.listCurrent());
  }
}
