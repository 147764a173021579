import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { QueueFiguresRepository } from './queue-figures.repository.js';
import type { CountByStatus, CurrentJob, QueueDepth, Throughput } from './queue-figures.view.js';

/** Figures of the jobs of everybody. Who may see them is up to the caller. Each throws AppError database_unavailable. */
@Injectable()
export class QueueFiguresService {
  constructor(
    private readonly repository: QueueFiguresRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  readDepth(): Promise<QueueDepth> {
    return this.unitOfWork.read(() => this.repository.readDepth());
  }

  countByStatus(): Promise<CountByStatus> {
    return this.unitOfWork.read(() => this.repository.countByStatus());
  }

  countFailedByCode(): Promise<ReadonlyMap<string, number>> {
    return this.unitOfWork.read(() => this.repository.countFailedByCode());
  }

  readThroughput(): Promise<Throughput> {
    return this.unitOfWork.read(() => this.repository.readThroughput());
  }

  /** What workers are at. */
  listCurrent(): Promise<readonly CurrentJob[]> {
    return this.unitOfWork.read(() => this.repository.listCurrent());
  }
}
