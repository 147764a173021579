import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { AppError } from '../../../platform/errors/app-error.js';

const RETRY_AFTER_SECONDS = 10;

/** Bounds how many streams are open in this process, and how many of one user. */
@Injectable()
export class StreamSlots {
  private readonly ofUsers = new Map<string, number>();
  private all = 0;

  constructor(@Inject(APP_CONFIG) private readonly config: AppConfig) {}

  /**
   * @returns what gives the slot back
   * @throws AppError too_many_streams, streams_exhausted
   */
  take(userId: string): () => void {
    const { max, maxPerUser } = this.config.streams;
    const own = this.ofUsers.get(userId) ?? 0;
    if (own >= maxPerUser)
      throw new AppError(
        'too_many_streams',
        `You have ${own} event streams open. Close one, or follow all jobs by one: GET /jobs/events.`,
        { retryAfter: RETRY_AFTER_SECONDS },
      );
    if (this.all >= max)
      throw new AppError('streams_exhausted', 'As many event streams are open as there may be.', {
        retryAfter: RETRY_AFTER_SECONDS,
      });
    this.change(userId, 1);
    return () => {
      this.change(userId, -1);
    };
  }

  private change(userId: string, by: number): void {
    this.all += by;
    const own = (this.ofUsers.get(userId) ?? 0) + by;
    if (own === 0) this.ofUsers.delete(userId);
    else this.ofUsers.set(userId, own);
  }
}
