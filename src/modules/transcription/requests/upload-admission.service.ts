import { Injectable } from '@nestjs/common';
import { AppError } from '../../../platform/errors/app-error.js';
import { Shutdown } from '../../../platform/runtime/shutdown.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { IdempotencyService } from '../../auth/idempotency/idempotency.service.js';
import type { AdmittedBytes } from '../../uploads/ingest/bytes-rules.view.js';
import { StorageRoomService } from '../../uploads/room/storage-room.service.js';

const RETRY_AFTER_SECONDS = 5;

/** Says whether a form may come in, before its files are read. */
@Injectable()
export class UploadAdmission {
  constructor(
    private readonly room: StorageRoomService,
    private readonly idempotency: IdempotencyService,
    private readonly shutdown: Shutdown,
  ) {}

  /**
   * @param announcedBytes of all files together; null where the client does not say
   * @param leastBytes that one file will take of what its owner may keep
   * @returns room that the caller releases
   * @throws AppError shutting_down, file_too_large, storage_quota_exceeded, storage_full
   */
  async admit(
    principal: Principal,
    announcedBytes: number | null,
    leastBytes: number,
  ): Promise<AdmittedBytes> {
    if (this.shutdown.draining) {
      throw new AppError('shutting_down', 'The service is stopping. Try again shortly.', {
        retryAfter: RETRY_AFTER_SECONDS,
      });
    }
    if (!this.idempotency.isRepeat) await this.room.assertFits(principal, leastBytes);
    return this.room.admit(announcedBytes);
  }
}
