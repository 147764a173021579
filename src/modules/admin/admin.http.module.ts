import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { TranscriptionModule } from '../transcription/transcription.module.js';
import { UploadsModule } from '../uploads/uploads.module.js';
import { AdminModelsController } from './admin-models.controller.js';
import { AdminUsersController } from './admin-users.controller.js';
import { UserRemovalService } from './user-removal.service.js';

/** What administrators do, over the services of the other rooms. */
@Module({
  imports: [AuthModule, TranscriptionModule, JobsModule, UploadsModule],
  controllers: [AdminModelsController, AdminUsersController],
  providers: [UserRemovalService],
})
export class AdminHttpModule {}
