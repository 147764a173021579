import { hostname } from 'node:os';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { readResidentBytes } from '../../../platform/runtime/process-memory.js';
import { SERVICE_VERSION } from '../../../platform/runtime/service-version.js';
import { JOB_QUEUE, type JobQueue } from '../../jobs/job-queue.port.js';
import { WorkerIdentity } from '../../jobs/workers/worker-identity.service.js';
import type { WantedState, WorkerState } from '../../jobs/workers/worker.view.js';
import { WorkersService } from '../../jobs/workers/workers.service.js';
import { TRANSCRIBER, type Transcriber } from '../engine/transcriber.port.js';
import { WorkerRunner } from './worker.runner.js';

/** So soon does an administrator's word reach the worker. */
const INTERVAL_MS = 1000;

/** Tells the register that this worker lives and what it is at, and does what is wanted of it there. */
@Injectable()
export class WorkerHeartbeatService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WorkerHeartbeatService.name);
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | null = null;
  private failing = false;
  private wanted: WantedState = 'active';

  constructor(
    private readonly worker: WorkerIdentity,
    private readonly workers: WorkersService,
    private readonly runner: WorkerRunner,
    @Inject(JOB_QUEUE) private readonly queue: JobQueue,
    @Inject(TRANSCRIBER) private readonly transcriber: Transcriber,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.beat();
    this.timer = setInterval(() => {
      this.beat();
    }, INTERVAL_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    await this.workers.leave(this.worker.id).catch((error: unknown) => {
      // It counts as gone in a moment.
      this.logger.debug('The worker could not be taken out of the register', { err: error });
    });
  }

  private beat(): void {
    this.beating ??= this.tellAndObey()
      .then(() => {
        this.failing = false;
      })
      .catch((error: unknown) => {
        if (!this.failing) this.logger.warn('The register of workers cannot be reached', { err: error });
        this.failing = true;
      })
      .finally(() => {
        this.beating = null;
      });
  }

  private async tellAndObey(): Promise<void> {
    const { queue, worker } = this.config;
    const wanted = await this.workers.beat({
      id: this.worker.id,
      name: `${hostname()}:${process.pid}`,
      version: SERVICE_VERSION,
      driver: queue.driver,
      concurrency: worker.concurrency,
      state: this.state,
      model: this.runner.model,
      memoryBytes: this.memoryBytes,
    });
    if (wanted === this.wanted) return;
    // Noted only once it is done, so that what fails is tried again.
    if (wanted === 'active') await this.queue.resume();
    else await this.queue.pause();
    this.wanted = wanted;
    this.logger.log('The worker was told what to do', { wanted });
  }

  private get state(): WorkerState {
    if (this.wanted === 'drained' && this.runner.busy) return 'draining';
    return this.wanted;
  }

  private get memoryBytes(): number | null {
    const own = readResidentBytes(process.pid);
    return own === null ? null : own + this.transcriber.readMemory();
  }
}
