import { Injectable } from '@nestjs/common';
import { AppError } from '../../../../platform/errors/app-error.js';
import { UploadLeases } from '../../../uploads/sessions/upload-leases.service.js';
import { UploadSessionsService } from '../../../uploads/sessions/upload-sessions.service.js';

/** For so long there was nothing new of one. */
const PAUSE_SECONDS = 30;

/** Ends uploads whose files were fetched by a process that is gone. Their addresses are gone with it. */
@Injectable()
export class AbandonedFetchesService {
  /**
   * By the last pass. When the database was away all leases have run out, also those of fetches that are alive: these are held again
   * before the next pass.
   */
  private suspected: ReadonlySet<string> = new Set();

  constructor(
    private readonly sessions: UploadSessionsService,
    private readonly leases: UploadLeases,
  ) {}

  /** One pass. There have to be some seconds from one to the next, so that leases can be renewed. */
  async fail(): Promise<void> {
    const suspected = this.suspected;
    this.suspected = new Set();
    const abandoned = await this.sessions.listAbandonedFetches(PAUSE_SECONDS);
    for (const id of abandoned) if (suspected.has(id)) await this.failOne(id);
    this.suspected = new Set(abandoned);
  }

  private async failOne(id: string): Promise<void> {
    const reason = new AppError(
      'url_interrupted',
      'The service was stopped meanwhile. Ask for the file again.',
    );
    try {
      await this.leases.hold(id, 0, () => this.sessions.fail(id, reason));
    } catch (error) {
      // Then it is alive.
      if (!(error instanceof AppError) || error.code !== 'upload_locked') throw error;
    }
  }
}
