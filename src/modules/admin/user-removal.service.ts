import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { KnownActor } from '../auth/access/actor.view.js';
import { SignInService } from '../auth/sessions/sign-in.service.js';
import { UsersService } from '../auth/users/users.service.js';
import { JobsService } from '../jobs/jobs.service.js';
import { DeliveriesService } from '../jobs/webhooks/deliveries.service.js';
import { TranscriptsService } from '../transcription/transcripts/transcripts.service.js';
import { MediaFilesService } from '../uploads/media/media-files.service.js';
import { UploadSessionsService } from '../uploads/sessions/upload-sessions.service.js';

/** Erases a user with all data, through the rooms that hold it. */
@Injectable()
export class UserRemovalService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly users: UsersService,
    private readonly signIns: SignInService,
    private readonly jobs: JobsService,
    private readonly deliveries: DeliveriesService,
    private readonly transcripts: TranscriptsService,
    private readonly media: MediaFilesService,
    private readonly uploads: UploadSessionsService,
  ) {}

  /** @throws AppError user_not_found, user_protected */
  remove(actor: KnownActor, id: string): Promise<void> {
    return this.erase(actor, id, () => this.users.assertDispensable(actor.principal, id));
  }

  /**
   * The account of whoever asks.
   *
   * @throws AppError current_password_wrong, sign_in_limited, user_protected
   */
  async removeSelf(actor: KnownActor, password: string): Promise<void> {
    await this.signIns.assertPassword(actor, password, 'user.deletion_failed');
    const { userId } = actor.principal;
    await this.erase(actor, userId, () => this.users.assertNotLast(userId));
  }

  /**
   * The rows go in one transaction, the recordings after it: a recording without a row is only space, a row without its recording is an error.
   * Those that are left when the process is killed in between are listed as discarded, and collected.
   */
  private async erase(actor: KnownActor, id: string, assertMayGo: () => Promise<void>): Promise<void> {
    const blobKeys = await this.unitOfWork.run(async () => {
      await assertMayGo();
      const jobIds = await this.jobs.lockAllOf(id);
      await this.transcripts.deleteOf(jobIds);
      await this.jobs.deleteAllOf(id);
      await this.deliveries.deleteAllOf(id);
      const parts = await this.uploads.deleteAllOf(id);
      const keys = await this.media.deleteAllOf(id);
      await this.users.delete(actor, id, { jobs: jobIds.length, media_files: keys.length });
      return [...keys, ...parts];
    });
    await this.media.deleteBlobs(blobKeys);
  }
}
