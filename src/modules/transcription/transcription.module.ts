import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { Clock } from '../../platform/runtime/clock.js';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { UploadsModule } from '../uploads/uploads.module.js';
import { DraftsRepository } from './drafts/drafts.repository.js';
import { TranscriptDraft } from './drafts/transcript-draft.entity.js';
import { TranscriptDraftPiece } from './drafts/transcript-draft-piece.entity.js';
import { DraftsService } from './drafts/drafts.service.js';
import { ChildProcessTranscriber } from './engine/adapters/child-process.transcriber.js';
import { PooledTranscriber } from './engine/adapters/pooled.transcriber.js';
import { EngineMetrics } from './engine/engine.metrics.js';
import { TRANSCRIBER, type Transcriber } from './engine/transcriber.port.js';
import { ModelHub } from './models/hub/model-hub.js';
import { ModelCatalogueService } from './models/model-catalogue.service.js';
import { ModelIndicator } from './models/model.indicator.js';
import { ModelsService } from './models/models.service.js';
import { ModelStore } from './models/store/model-store.js';
import { ReadinessIndicator } from './readiness.indicator.js';
import { TranscriptionRequestService } from './requests/transcription-request.service.js';
import { OpenAiCall } from './openai/calls/openai-call.entity.js';
import { RoomLinksService } from './room-links.service.js';
import { ChildProcessDiarizer } from './engine/adapters/child-process.diarizer.js';
import { DIARIZER, type Diarizer } from './engine/diarizer.port.js';
import { DiarizationMetrics } from './speakers/diarization.metrics.js';
import { SpeakersService } from './speakers/speakers.service.js';
import { VoiceSamplesService } from './speakers/voice-samples.service.js';
import { TranscriptPersonalData } from './transcript-personal-data.js';
import { Transcript } from './transcripts/transcript.entity.js';
import { TranscriptVersion } from './transcripts/versions/transcript-version.entity.js';
import { TranscriptsRepository } from './transcripts/transcripts.repository.js';
import { TranscriptsService } from './transcripts/transcripts.service.js';
import { VoiceProfile } from './voices/voice-profile.entity.js';
import { VoicesRepository } from './voices/voices.repository.js';
import { VoicesService } from './voices/voices.service.js';

export const TRANSCRIPTION_ENTITIES = [
  Transcript,
  TranscriptVersion,
  TranscriptDraft,
  TranscriptDraftPiece,
  OpenAiCall,
  VoiceProfile,
];

@Module({
  imports: [TerminusModule, AuthModule, JobsModule, UploadsModule],
  providers: [
    {
      provide: TRANSCRIBER,
      inject: [APP_CONFIG, ModelCatalogueService, EngineMetrics],
      useFactory: (
        { worker }: AppConfig,
        { vadPath }: ModelCatalogueService,
        metrics: EngineMetrics,
      ): Transcriber => {
        const { threads, memoryBytes, concurrency: engines } = worker;
        const { engineStallMs: stallMs, engineGrowthBytes: growthBytes } = worker;
        const onReplaced = metrics.countReplacement.bind(metrics);
        const options = { vadPath, threads, memoryBytes, engines, stallMs, growthBytes, onReplaced };
        return new PooledTranscriber(
          Array.from({ length: engines }, () => new ChildProcessTranscriber(options)),
        );
      },
    },
    {
      provide: DIARIZER,
      inject: [APP_CONFIG, ModelCatalogueService],
      useFactory: (
        { worker: { threads, engineStallMs: stallMs } }: AppConfig,
        { diarizationDir: modelDir, vadPath }: ModelCatalogueService,
      ): Diarizer => new ChildProcessDiarizer({ modelDir, vadPath, threads, stallMs }),
    },
    {
      provide: ModelStore,
      inject: [APP_CONFIG],
      useFactory: ({ models }: AppConfig) => new ModelStore(models.dir),
    },
    {
      provide: ModelHub,
      inject: [APP_CONFIG, Clock],
      useFactory: ({ models }: AppConfig, clock: Clock) => new ModelHub(models.hub, clock),
    },
    DiarizationMetrics,
    DraftsRepository,
    DraftsService,
    EngineMetrics,
    ModelCatalogueService,
    ModelIndicator,
    ModelsService,
    ReadinessIndicator,
    RoomLinksService,
    SpeakersService,
    TranscriptPersonalData,
    TranscriptionRequestService,
    TranscriptsRepository,
    TranscriptsService,
    VoiceSamplesService,
    VoicesRepository,
    VoicesService,
  ],
  exports: [
    TRANSCRIBER,
    DraftsService,
    ModelCatalogueService,
    ModelIndicator,
    ModelsService,
    ReadinessIndicator,
    SpeakersService,
    TranscriptionRequestService,
    TranscriptsRepository,
    TranscriptsService,
    VoiceSamplesService,
    VoicesService,
  ],
})
export class TranscriptionModule {}
