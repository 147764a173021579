import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '../../../platform/errors/app-error.js';
import { UploadSessionsService } from '../../uploads/sessions/upload-sessions.service.js';
import { AbandonedFetchesService } from './by-url/abandoned-fetches.service.js';
import { UploadFinisherService } from './upload-finisher.service.js';

const INTERVAL_MS = 15_000;
/** From one try to the next. */
const PAUSE_SECONDS = 30;

/** Finishes uploads that have all their bytes, but whose process died or for which there was no room. */
@Injectable()
export class UploadRecoveryService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(UploadRecoveryService.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly sessions: UploadSessionsService,
    private readonly abandonedFetches: AbandonedFetchesService,
    private readonly finisher: UploadFinisherService,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running ??= this.recover().finally(() => (this.running = undefined));
    }, INTERVAL_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.running;
  }

  private async recover(): Promise<void> {
    try {
      await this.sessions.forgetArriving();
      await this.abandonedFetches.fail();
      for (const id of await this.sessions.listUnfinished(PAUSE_SECONDS)) {
        if (this.stopping) return;
        await this.finish(id);
      }
    } catch (error) {
      this.logger.warn('Unfinished uploads could not be looked for', { err: error });
    }
  }

  private async finish(id: string): Promise<void> {
    try {
      await this.finisher.finish(id, null);
    } catch (error) {
      const reason = error instanceof AppError ? error.code : 'internal_error';
      this.logger.warn('An upload could not be finished', { upload_id: id, reason });
    }
  }
}
