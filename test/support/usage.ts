import type { MikroORM } from '@mikro-orm/postgresql';
import { UserQuotasService } from '../../src/modules/auth/users/user-quotas.service.js';
import { UsersRepository } from '../../src/modules/auth/users/users.repository.js';
import { StorageUsageRegistry } from '../../src/modules/jobs/usage/storage-usage.registry.js';
import { UsageRepository } from '../../src/modules/jobs/usage/usage.repository.js';
import { UsageService } from '../../src/modules/jobs/usage/usage.service.js';
import { loadAppConfig, type AppConfig } from '../../src/platform/config/app-config.js';
import type { UnitOfWork } from '../../src/platform/database/unit-of-work.js';

/** Users have none of their own here. */
export function openQuotas(orm: MikroORM, unitOfWork: UnitOfWork, config: AppConfig): UserQuotasService {
  return new UserQuotasService(new UsersRepository(orm.em), unitOfWork, config);
}

/** It takes part in the transactions of this unit of work. */
export function openUsage(
  orm: MikroORM,
  unitOfWork: UnitOfWork,
  environment: Readonly<Record<string, string>> = {},
): UsageService {
  const config = loadAppConfig(environment, false);
  return new UsageService(
    new UsageRepository(orm.em),
    new StorageUsageRegistry(),
    unitOfWork,
    openQuotas(orm, unitOfWork, config),
  );
}
