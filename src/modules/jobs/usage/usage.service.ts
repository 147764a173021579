import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import type { OwnerFilter } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { UserQuotasService, type Quotas } from '../../auth/users/user-quotas.service.js';
import { StorageUsageRegistry } from './storage-usage.registry.js';
import { UsageRepository, type Usage } from './usage.repository.js';
import type { UsageView } from './usage.view.js';

/** When a job of one's own may have ended. */
const RETRY_AFTER_SECONDS = 30;

/** Keeps one user from taking the service from all others. */
@Injectable()
export class UsageService {
  constructor(
    private readonly repository: UsageRepository,
    private readonly storage: StorageUsageRegistry,
    private readonly unitOfWork: UnitOfWork,
    private readonly quotas: UserQuotasService,
  ) {}

  async get(principal: Principal): Promise<UsageView> {
    const usage = await this.unitOfWork.read(() => this.repository.find(principal.userId));
    const storage = await this.storage.read(principal.userId);
    const { activeJobs, audioSecondsPerDay } = await this.quotas.find(principal.userId);
    return {
      activeJobs: usage.activeJobs,
      activeJobsLimit: activeJobs === 0 ? null : activeJobs,
      audioSecondsToday: usage.audioSecondsToday,
      audioSecondsLimit: audioSecondsPerDay === 0 ? null : audioSecondsPerDay,
      resetsAt: usage.resetsAt,
      storageBytes: storage.bytes,
      storageBytesLimit: storage.limit,
    };
  }

  /**
   * Whether there is room for any job at all: asked before a recording is read, to spare both sides its bytes.
   *
   * @throws AppError too_many_active_jobs, audio_quota_exceeded
   */
  async assertRoom(principal: Principal): Promise<void> {
    const { userId } = principal;
    const quotas = await this.quotas.find(userId);
    assertWithin(quotas, await this.unitOfWork.read(() => this.repository.find(userId)), 0);
  }

  /**
   * Whether a job may be written into the transaction that is open.
   *
   * @param seconds of audio, as far as that is known by now
   * @throws AppError too_many_active_jobs, audio_quota_exceeded
   */
  async admit({ ownerId }: OwnerFilter, seconds: number): Promise<void> {
    const quotas = await this.quotas.find(ownerId);
    if (quotas.activeJobs === 0 && quotas.audioSecondsPerDay === 0) return;
    await this.repository.lock(ownerId);
    assertWithin(quotas, await this.repository.find(ownerId), seconds);
  }

  /** What a job had more of than was known when it was admitted. Writes into the transaction that is open. */
  async addForJob(jobId: string, seconds: number): Promise<void> {
    if (seconds > 0) await this.repository.addForJob(jobId, seconds);
  }
}

function assertWithin({ activeJobs, audioSecondsPerDay }: Quotas, usage: Usage, seconds: number): void {
  if (activeJobs > 0 && usage.activeJobs >= activeJobs)
    throw new AppError(
      'too_many_active_jobs',
      `You have ${countOf(usage.activeJobs)} not finished; there may be ${activeJobs}. Send more as they end.`,
      { retryAfter: RETRY_AFTER_SECONDS },
    );
  const left = audioSecondsPerDay - usage.audioSecondsToday;
  if (audioSecondsPerDay > 0 && (left <= 0 || seconds > left))
    throw audioQuotaExceeded(seconds, left, audioSecondsPerDay, usage.secondsToReset);
}

function countOf(jobs: number): string {
  return jobs === 1 ? '1 job that is' : `${jobs} jobs that are`;
}

/** Waiting for the next day helps only what fits into one. */
function audioQuotaExceeded(seconds: number, left: number, perDay: number, secondsToReset: number): AppError {
  const day = `${inMinutes(perDay)} of audio a day (UTC)`;
  if (seconds > perDay)
    return new AppError(
      'audio_quota_exceeded',
      `The recording has ${inMinutes(seconds)}. You have ${day}: an administrator would have to raise that.`,
    );
  return new AppError(
    'audio_quota_exceeded',
    `You have ${day}, of which ${toMinutes(Math.max(0, left))} are left.`,
    { retryAfter: secondsToReset },
  );
}

function inMinutes(seconds: number): string {
  const minutes = toMinutes(seconds);
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}

function toMinutes(seconds: number): number {
  return Math.floor(seconds / 6) / 10;
}
