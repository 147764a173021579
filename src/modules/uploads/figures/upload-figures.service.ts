import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { TimeBuckets } from '../../../platform/database/time-buckets.js';
import { UploadFiguresRepository } from './upload-figures.repository.js';
import type {
  ArrivedRecordings,
  StoredBytes,
  UploadFigures,
  UploadSessionCount,
} from './upload-figures.view.js';

/** Counts over the uploads and recordings of everybody. Who may see them is up to the caller. */
@Injectable()
export class UploadFiguresService {
  constructor(
    private readonly repository: UploadFiguresRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AppError database_unavailable */
  async read(): Promise<UploadFigures> {
    return {
      sessions: await this.countSessions(),
      activeByUser: await this.unitOfWork.read(() => this.repository.countActiveByUser()),
      storedBytes: await this.sumStoredBytes(),
    };
  }

  /** @throws AppError database_unavailable */
  countSessions(): Promise<readonly UploadSessionCount[]> {
    return this.unitOfWork.read(() => this.repository.countSessions());
  }

  /** @throws AppError database_unavailable */
  sumStoredBytes(): Promise<number> {
    return this.unitOfWork.read(() => this.repository.sumStoredBytes());
  }

  /** @throws AppError database_unavailable */
  sumStoredByKind(): Promise<StoredBytes> {
    return this.unitOfWork.read(() => this.repository.sumStoredByKind());
  }

  /** @throws AppError database_unavailable */
  listArrived(buckets: TimeBuckets): Promise<readonly ArrivedRecordings[]> {
    return this.unitOfWork.read(() => this.repository.listArrived(buckets));
  }
}
