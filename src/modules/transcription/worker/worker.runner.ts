import { setTimeout as delay } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { inLogContext } from '../../../platform/logging/log-context.js';
import { Shutdown } from '../../../platform/runtime/shutdown.js';
import { inSpan, noteSpan } from '../../../platform/tracing/spans.js';
import { JOB_QUEUE, type JobQueue } from '../../jobs/job-queue.port.js';
import type { JobClaim } from '../../jobs/job.view.js';
import { TRANSCRIBER, type Transcriber } from '../engine/transcriber.port.js';
import { ModelCatalogueService } from '../models/model-catalogue.service.js';
import { TranscriptionRunner } from './transcription.runner.js';

const WARM_UP_PAUSE_MS = 10_000;

/** Connects the queue with the work, and stops both in order. */
@Injectable()
export class WorkerRunner implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(WorkerRunner.name);
  private stopping: Promise<void> = Promise.resolve();
  private inHand = 0;
  private lastModel: string | null = null;

  constructor(
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(TRANSCRIBER) private readonly transcriber: Transcriber,
    private readonly catalogue: ModelCatalogueService,
    private readonly runner: TranscriptionRunner,
    private readonly shutdown: Shutdown,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /** Whether it works on a job. */
  get busy(): boolean {
    return this.inHand > 0;
  }

  /** How many it works on. */
  get jobsInHand(): number {
    return this.inHand;
  }

  /** The one that was loaded last; null before the first. */
  get model(): string | null {
    return this.lastModel;
  }

  onApplicationBootstrap(): void {
    void this.consumeWhenWarm();
  }

  /** No new job from here on; the one under way hears of it at once. */
  onModuleDestroy(): void {
    this.stopping = this.queue.stop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stopping;
    await this.transcriber.stop();
  }

  private async consumeWhenWarm(): Promise<void> {
    if (await this.warmUp()) {
      const { concurrency } = this.config.worker;
      this.queue.consume((claim, stopping) => this.work(claim, stopping), concurrency);
    }
  }

  private async work(claim: JobClaim, stopping: AbortSignal): Promise<void> {
    this.inHand += 1;
    try {
      const { id: jobId, requestId, model } = claim.job;
      await inLogContext({ requestId, jobId }, () =>
        this.traced(claim, () =>
          this.runner.run(claim, stopping, () => {
            this.lastModel = model;
          }),
        ),
      );
    } finally {
      this.inHand -= 1;
    }
  }

  /** Belongs to the trace of the request that ordered the job, as does the time that the job waited for it. */
  private traced({ job }: JobClaim, work: () => Promise<void>): Promise<void> {
    const { traceparent, id, model, attempts } = job;
    const attributes = { 'whisper.job.id': id, 'whisper.model': model, 'whisper.job.attempt': attempts };
    if (attempts === 1)
      noteSpan(
        { name: 'job wait', from: job.createdAt, to: job.startedAt ?? job.createdAt, attributes },
        { traceparent },
      );
    return inSpan('job process', { kind: 'consumer', traceparent, attributes }, work);
  }

  /**
   * Tries until the engine runs: one that cannot start would spend the attempts of one job after the other, so they wait. Where the
   * default model does not fit into memory there is nothing to wait for: requests that name none are told so. False when the service stops first.
   */
  private async warmUp(): Promise<boolean> {
    const { signal } = this.shutdown;
    for (;;) {
      try {
        const model = await this.catalogue.resolve(undefined);
        await this.transcriber.warmUp(model);
        this.lastModel = model.name;
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        if (error instanceof AppError && error.code === 'model_too_large') {
          this.logger.error('The default model does not fit', { detail: error.detail });
          return true;
        }
        this.logger.error('The engine did not start; jobs wait', { err: error });
        await delay(WARM_UP_PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }
}
