import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { isDatabaseOutage } from '../../../../platform/database/outage.js';
import { UnitOfWork } from '../../../../platform/database/unit-of-work.js';
import { AppError } from '../../../../platform/errors/app-error.js';
import { Shutdown } from '../../../../platform/runtime/shutdown.js';
import { JobOrdersService } from '../../../jobs/job-orders.service.js';
import { MediaFilesService } from '../../../uploads/media/media-files.service.js';
import { GRACE_SECONDS, OpenAiCallsRepository, type CallKey } from './openai-calls.repository.js';

const RENEW_MS = 20_000;
const RENEW_ARRIVAL_MS = 10_000;
const SWEEP_MS = 60_000;
/** The clocks of this process and of the database differ by less. */
const MARGIN_MS = 200;

/** Another request for the same call has made its job meanwhile. */
export class AskedBefore extends Error {
  constructor() {
    super('The same call has a job');
  }
}

/**
 * Which jobs calls of the OpenAI API wait for. Its clients repeat a call whose answer does not come, and get the job of the first one, at
 * whatever process. A job that nobody waits for any more is cancelled, and one that has ended is dropped after a while, unless
 * OPENAI_KEEP_JOBS keeps them.
 */
@Injectable()
export class OpenAiCallsService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(OpenAiCallsService.name);
  private readonly timers = new Set<NodeJS.Timeout>();
  private sweeping: Promise<void> | undefined;

  constructor(
    private readonly repository: OpenAiCallsRepository,
    private readonly orders: JobOrdersService,
    private readonly media: MediaFilesService,
    private readonly unitOfWork: UnitOfWork,
    private readonly shutdown: Shutdown,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => {
      this.sweep();
    }, SWEEP_MS);
    this.timers.add(timer.unref());
  }

  async onModuleDestroy(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    await this.sweeping;
  }

  /**
   * The job of an earlier call with this key, which is waited for from now on; null when there is none.
   *
   * @throws AppError idempotency_key_reused
   */
  async join(key: CallKey): Promise<string | null> {
    const found = await this.unitOfWork.read(() => this.repository.join(key.keyHash));
    if (found === null) return null;
    if (found.fingerprint === key.fingerprint) return found.jobId;
    await this.leave(found.jobId);
    throw new AppError(
      'idempotency_key_reused',
      'Another request was sent with this Idempotency-Key. Make a new key for each thing to create.',
    );
  }

  /**
   * Writes into the transaction that is open that a call waits for the job that it creates.
   *
   * @param isOnlyOne whether another call with this key must not have a job
   * @throws AskedBefore when it has; the transaction is to be taken back
   */
  async note(jobId: string, ownerId: string, key: CallKey, isOnlyOne: boolean): Promise<void> {
    if (isOnlyOne) {
      await this.repository.lockKey(key.keyHash);
      if ((await this.repository.join(key.keyHash)) !== null) throw new AskedBefore();
    }
    await this.repository.insert(jobId, ownerId, key);
  }

  /** Which call a repeat is of is known when all of it was read: so long no call of this user is given up. */
  async whileRepeatArrives<T>(ownerId: string, read: () => Promise<T>): Promise<T> {
    const expect = (): Promise<void> =>
      this.attempt(() => this.unitOfWork.read(() => this.repository.expectRepeat(ownerId)));
    await expect();
    const renewal = setInterval(() => void expect(), RENEW_ARRIVAL_MS);
    try {
      return await read();
    } finally {
      clearInterval(renewal);
    }
  }

  /** Waits for a job that was joined or noted, as long as the work goes on. */
  async whileWaiting<T>(jobId: string, work: () => Promise<T>): Promise<T> {
    const renewal = setInterval(() => {
      void this.attempt(() => this.unitOfWork.read(() => this.repository.prolong(jobId)));
    }, RENEW_MS);
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      // Whose answer this process does not live to give comes back to another one, for which the job is to go on.
      if (!this.shutdown.draining) await this.attempt(() => this.leave(jobId));
    }
  }

  private async leave(jobId: string): Promise<void> {
    await this.unitOfWork.read(() => this.repository.leave(jobId));
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        this.sweep();
      },
      GRACE_SECONDS * 1000 + MARGIN_MS,
    );
    this.timers.add(timer.unref());
  }

  private sweep(): void {
    this.sweeping ??= this.attempt(() => this.giveUp()).finally(() => (this.sweeping = undefined));
  }

  private async giveUp(): Promise<void> {
    const { keepJobs } = this.config.openAi;
    if (!keepJobs) {
      for (const { jobId, ownerId } of await this.unitOfWork.read(() => this.repository.listAbandoned()))
        await this.abandon(jobId, ownerId);
    }
    for (const { jobId, ownerId } of await this.unitOfWork.read(() => this.repository.listForgotten())) {
      if (keepJobs) await this.unitOfWork.read(() => this.repository.delete(jobId));
      else await this.drop(jobId, ownerId);
    }
  }

  private abandon(jobId: string, ownerId: string): Promise<void> {
    return this.unitOfWork.run(async () => {
      if (await this.repository.lockAbandoned(jobId)) await this.orders.abandon({ ownerId }, jobId);
    });
  }

  private async drop(jobId: string, ownerId: string): Promise<void> {
    const mediaFileId = await this.orders.drop({ ownerId }, jobId);
    if (mediaFileId !== null) await this.media.expire({ ownerId }, mediaFileId);
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (isDatabaseOutage(error)) this.logger.warn('Calls of the OpenAI API wait for the database');
      else this.logger.error('A call of the OpenAI API was not seen to', { err: error });
    }
  }
}
