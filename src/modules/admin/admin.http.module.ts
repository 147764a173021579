import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { TranscriptionModule } from '../transcription/transcription.module.js';
import { UploadsModule } from '../uploads/uploads.module.js';
import { AdminAuditController } from './admin-audit.controller.js';
import { AdminModelsController } from './admin-models.controller.js';
import { AdminUsersController } from './admin-users.controller.js';
import { AdminWorkersController } from './admin-workers.controller.js';
import { SystemHealthController } from './health/system-health.controller.js';
import { SystemHealthService } from './health/system-health.service.js';
import { AdministeredJobsController } from './jobs/administered-jobs.controller.js';
import { AdministeredJobsService } from './jobs/administered-jobs.service.js';
import { ModelAdministrationService } from './model-administration.service.js';
import { OverviewController } from './overview/overview.controller.js';
import { OverviewService } from './overview/overview.service.js';
import { OwnAccountController } from './own-account.controller.js';
import { SettingsAdministrationService } from './settings/settings-administration.service.js';
import { SettingsController } from './settings/settings.controller.js';
import { StorageAdministrationService } from './storage/storage-administration.service.js';
import { StorageController } from './storage/storage.controller.js';
import { UploadMetricsController } from './upload-metrics.controller.js';
import { UserRemovalService } from './user-removal.service.js';

/** What administrators do, over the services of the other rooms. */
@Module({
  imports: [AuthModule, TranscriptionModule, JobsModule, UploadsModule],
  controllers: [
    AdministeredJobsController,
    AdminAuditController,
    AdminModelsController,
    AdminUsersController,
    AdminWorkersController,
    OwnAccountController,
    OverviewController,
    SettingsController,
    StorageController,
    SystemHealthController,
    UploadMetricsController,
  ],
  providers: [
    AdministeredJobsService,
    ModelAdministrationService,
    OverviewService,
    SettingsAdministrationService,
    StorageAdministrationService,
    SystemHealthService,
    UserRemovalService,
  ],
})
export class AdminHttpModule {}
