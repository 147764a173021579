import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { ownedBy } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { UploadPartsRepository } from './upload-parts.repository.js';
import { toUploadSessionView } from './upload-session.builder.js';
import type { UploadSessionView } from './upload-session.view.js';
import { UploadSessionsRepository, type UploadFilter } from './upload-sessions.repository.js';

export interface UploadPage {
  readonly sessions: readonly UploadSessionView[];
  readonly total: number;
}

/** Which uploads there are, and which of their parts. */
@Injectable()
export class UploadListingService {
  constructor(
    private readonly repository: UploadSessionsRepository,
    private readonly parts: UploadPartsRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  list(principal: Principal, filter: UploadFilter): Promise<UploadPage> {
    return this.unitOfWork.read(async () => {
      const [sessions, total] = await this.repository.listNewestFirst(ownedBy(principal), filter);
      return { sessions: sessions.map(toUploadSessionView), total };
    });
  }

  /** How many parts of each of these sessions are stored. */
  countParts(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.unitOfWork.read(() => this.parts.countStored(ids));
  }

  /** Numbers of the parts that are stored, in order. */
  async listPartNumbers(id: string): Promise<readonly number[]> {
    const parts = await this.unitOfWork.read(() => this.parts.list(id));
    return parts.filter(({ sizeBytes }) => sizeBytes !== null).map(({ number }) => number);
  }
}
