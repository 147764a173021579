import { Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { NetModule } from '../../platform/net/net.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { JobsHttpModule } from '../jobs/jobs.http.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { UploadsModule } from '../uploads/uploads.module.js';
import { ModelsController } from './models/models.controller.js';
import { OpenAiAnswersService } from './openai/answers/openai-answers.service.js';
import { OpenAiResultsService } from './openai/answers/openai-results.service.js';
import { OpenAiCallsRepository } from './openai/calls/openai-calls.repository.js';
import { OpenAiCallsService } from './openai/calls/openai-calls.service.js';
import { OpenAiAudioController } from './openai/openai-audio.controller.js';
import { KnownSpeakersService } from './openai/known-speakers.service.js';
import { OpenAiCallReader } from './openai/openai-call.reader.js';
import { OpenAiModelsController } from './openai/openai-models.controller.js';
import { OpenAiModelsService } from './openai/openai-models.service.js';
import { OpenAiOrdersService } from './openai/openai-orders.service.js';
import { OpenAiOtherMethodsController } from './openai/openai-other-methods.controller.js';
import { BatchOrdersController } from './requests/batches/batch-orders.controller.js';
import { BatchOrdersService } from './requests/batches/batch-orders.service.js';
import { BatchReader } from './requests/batches/batch.reader.js';
import { JobRetriesController } from './requests/job-retries.controller.js';
import { MediaOrdersController } from './requests/media-orders.controller.js';
import { UploadController } from './requests/upload.controller.js';
import { ChunkedUploadsService } from './requests/chunked/chunked-uploads.service.js';
import { ChunkedUploadsController } from './requests/chunked/chunked-uploads.controller.js';
import { UploadsController } from './requests/uploads/uploads.controller.js';
import { TusController } from './requests/tus/tus.controller.js';
import { TUS_PATH, tellTusVersion } from './requests/tus/tus-version.js';
import { TusServer } from './requests/tus/tus.server.js';
import { UrlUploadsController } from './requests/by-url/url-uploads.controller.js';
import { UrlUploadsService } from './requests/by-url/url-uploads.service.js';
import { UploadFinisherService } from './requests/upload-finisher.service.js';
import { AbandonedFetchesService } from './requests/by-url/abandoned-fetches.service.js';
import { UploadRecoveryService } from './requests/upload-recovery.service.js';
import { UploadAdmission } from './requests/upload-admission.service.js';
import { UploadReader } from './requests/upload.reader.js';
import { SearchController } from './search/search.controller.js';
import { SearchRepository } from './search/search.repository.js';
import { SearchService } from './search/search.service.js';
import { TranscriptionModule } from './transcription.module.js';
import { DocxWriter } from './exports/docx/docx-writer.service.js';
import { TranscriptExportsController } from './exports/transcript-exports.controller.js';
import { TranscriptExportsService } from './exports/transcript-exports.service.js';
import { TranscriptsController } from './transcripts/transcripts.controller.js';
import { TranscriptEditsController } from './transcripts/versions/transcript-edits.controller.js';
import { TranscriptEditsService } from './transcripts/versions/transcript-edits.service.js';
import { TranscriptVersionsController } from './transcripts/versions/transcript-versions.controller.js';
import { TranscriptVersionsRepository } from './transcripts/versions/transcript-versions.repository.js';
import { TranscriptVersionsService } from './transcripts/versions/transcript-versions.service.js';
import { SpeakerVoicesService } from './voices/speaker-voices.service.js';
import { VoiceReader } from './voices/voice.reader.js';
import { VoicesController } from './voices/voices.controller.js';

@Module({
  imports: [AuthModule, NetModule, TranscriptionModule, JobsModule, JobsHttpModule, UploadsModule],
  providers: [
    BatchOrdersService,
    BatchReader,
    ChunkedUploadsService,
    DocxWriter,
    KnownSpeakersService,
    OpenAiAnswersService,
    OpenAiCallReader,
    OpenAiCallsRepository,
    OpenAiCallsService,
    OpenAiModelsService,
    OpenAiOrdersService,
    OpenAiResultsService,
    SearchRepository,
    SearchService,
    TranscriptEditsService,
    TranscriptExportsService,
    TranscriptVersionsRepository,
    TranscriptVersionsService,
    TusServer,
    UrlUploadsService,
    UploadFinisherService,
    UploadAdmission,
    UploadReader,
    AbandonedFetchesService,
    UploadRecoveryService,
    SpeakerVoicesService,
    VoiceReader,
  ],
  controllers: [
    BatchOrdersController,
    ModelsController,
    TusController,
    UrlUploadsController,
    ChunkedUploadsController,
    JobRetriesController,
    MediaOrdersController,
    UploadController,
    UploadsController,
    TranscriptsController,
    SearchController,
    TranscriptEditsController,
    TranscriptExportsController,
    TranscriptVersionsController,
    OpenAiAudioController,
    OpenAiModelsController,
    OpenAiOtherMethodsController,
    VoicesController,
  ],
})
export class TranscriptionHttpModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(tellTusVersion).forRoutes(`${TUS_PATH}{/*path}`);
  }
}
