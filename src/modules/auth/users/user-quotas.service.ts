import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

const MIB = 2 ** 20;

/** How much one user may have; zero means without limit. */
export type Quotas = AppConfig['quotas'];

/** Tells what holds for a user: the quotas of their own, and for those that they have none of the settings of the service. */
@Injectable()
export class UserQuotasService {
  constructor(
    private readonly users: UsersRepository,
    private readonly unitOfWork: UnitOfWork,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  async find(userId: string): Promise<Quotas> {
    const user = await this.unitOfWork.read(() => this.users.find(userId));
    return user === null ? this.config.quotas : quotasOf(user, this.config.quotas);
  }
}

function quotasOf(
  { maxActiveJobs, maxAudioMinutesPerDay, storageQuotaMb }: User,
  { activeJobs, audioSecondsPerDay, storageBytes }: Quotas,
): Quotas {
  return {
    activeJobs: maxActiveJobs ?? activeJobs,
    audioSecondsPerDay: maxAudioMinutesPerDay === null ? audioSecondsPerDay : maxAudioMinutesPerDay * 60,
    storageBytes: storageQuotaMb === null ? storageBytes : storageQuotaMb * MIB,
  };
}
