import { existsSync } from 'node:fs';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import {
  aliasOf,
  checkpointOf,
  isModelName,
  MODEL_NAMES,
  type Checkpoint,
  type ModelName,
} from '../../../platform/config/model-names.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { memoryOf } from '../engine/model-files.js';
import { HUB_REPOSITORIES } from './checkpoints.js';
import { ModelHub } from './hub/model-hub.js';
import type { ModelView } from './model.view.js';
import { translateDiskError } from './pull/disk-space.js';
import { bytesHere, DownloadFolders } from './pull/download-folders.js';
import { ModelPull } from './pull/model-pull.js';
import { totalBytes } from './pull/pull-plan.js';
import { folderBytes, ModelStore, readRecord } from './store/model-store.js';

/** Whoever looks whether a model is locked has its lock for a moment; whoever pulls it has it for longer. */
const LOCK_PATIENCE_MS = 1000;

interface RunningPull {
  readonly pull: ModelPull;
  readonly stop: AbortController;
  /** Resolves when it has ended, however that was. */
  ended: Promise<void>;
}

/** What of a view depends on where the model is; the rest is the same for every state. */
type Circumstances = Pick<ModelView, 'state'> & Partial<Omit<ModelView, 'state'>>;

/**
 * The models of this machine: which there are, pulling and removing them. Pulls run in the background of this process, one for each model,
 * also across processes. The truth is on the disk; only why a pull failed that left nothing there is kept in memory.
 */
@Injectable()
export class ModelsService implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(ModelsService.name);
  private readonly downloads: DownloadFolders;
  private readonly running = new Map<Checkpoint, RunningPull>();
  private readonly failures = new Map<Checkpoint, AppError>();
  private stopping = false;

  constructor(
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly store: ModelStore,
    private readonly hub: ModelHub,
    private readonly clock: Clock,
  ) {
    this.downloads = new DownloadFolders(store.modelDir);
  }

  list(): Promise<ModelView[]> {
    return Promise.all(MODEL_NAMES.map((name) => this.describe(name)));
  }

  /** @throws AppError model_unknown */
  async get(name: string): Promise<ModelView> {
    return this.describe(assertModelName(name));
  }

  /**
   * Begins to pull the model, unless it is ready or being pulled. Why a pull fails is told by `get`.
   *
   * @throws AppError model_unknown, hub_offline, shutting_down
   */
  async startPull(name: string): Promise<ModelView> {
    const known = assertModelName(name);
    const checkpoint = checkpointOf(known);
    const ready = await this.store.findReady(checkpoint);
    if (ready === null && !this.running.has(checkpoint)) this.begin(checkpoint);
    return this.describe(known);
  }

  /** Waits until the pull of the model has ended, if there is one, and tells what came of it. */
  async waitForEnd(name: string): Promise<ModelView> {
    const known = assertModelName(name);
    await this.running.get(checkpointOf(known))?.ended;
    return this.describe(known);
  }

  /**
   * Ends a pull and throws away what it has fetched; also what an earlier one has left.
   *
   * @throws AppError model_unknown; model_busy when another process pulls it
   */
  async cancelPull(name: string): Promise<ModelView> {
    const known = assertModelName(name);
    const checkpoint = checkpointOf(known);
    const running = this.running.get(checkpoint);
    running?.stop.abort();
    await running?.ended;
    if ((await this.downloads.find(checkpoint)) !== null) {
      await this.alone(checkpoint, () => this.downloads.discard(checkpoint));
    }
    this.failures.delete(checkpoint);
    return this.describe(known);
  }

  /**
   * Deletes the model from MODEL_DIR, and what an unfinished download has left there.
   *
   * @throws AppError model_unknown, model_not_ready, model_bundled; model_busy while it is pulled
   */
  async remove(name: string): Promise<void> {
    const checkpoint = checkpointOf(assertModelName(name));
    if (this.running.has(checkpoint)) throw busy(checkpoint);
    const folder = this.store.ownFolder(checkpoint);
    if (!existsSync(folder) && (await this.downloads.find(checkpoint)) === null) {
      throw (await this.store.findReady(checkpoint))?.bundled === true
        ? new AppError('model_bundled', `The model "${checkpoint}" is part of the service.`)
        : new AppError('model_not_ready', `The model "${checkpoint}" is not on this machine.`);
    }
    await this.alone(checkpoint, async () => {
      await this.downloads.discard(checkpoint);
      // It looks for itself: who had the lock before may have finished the model.
      await this.downloads.remove(folder);
    });
    this.failures.delete(checkpoint);
    this.logger.log('Model removed', { model: checkpoint });
  }

  /** What was fetched stays on the disk for the next pull. */
  onModuleDestroy(): void {
    this.stopping = true;
    for (const { stop } of this.running.values()) stop.abort();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.running.values()].map(({ ended }) => ended));
  }

  private begin(checkpoint: Checkpoint): void {
    if (this.stopping) throw new AppError('shutting_down', 'The service is stopping.', { retryAfter: 5 });
    if (this.config.models.hub.offline) {
      throw new AppError('hub_offline', 'This installation does not go to the hub (MODEL_HUB_OFFLINE).');
    }
    const { store, hub, clock, downloads } = this;
    const tools = { store, hub, clock, downloads, revision: this.config.models.hub.revision };
    const pull = new ModelPull(tools, checkpoint);
    const stop = new AbortController();
    this.failures.delete(checkpoint);
    const running = { pull, stop, ended: Promise.resolve() };
    this.running.set(checkpoint, running);
    running.ended = this.supervise(running);
  }

  /** Never rejects. */
  private async supervise({ pull, stop }: RunningPull): Promise<void> {
    const { checkpoint } = pull;
    this.logger.log('Model pull begins', { model: checkpoint });
    try {
      await pull.run(stop.signal);
      this.logger.log('Model pulled', { model: checkpoint, bytes: pull.progress.totalBytes });
    } catch (error) {
      if (!stop.signal.aborted) this.fail(checkpoint, error);
    } finally {
      this.running.delete(checkpoint);
    }
  }

  private fail(checkpoint: Checkpoint, error: unknown): void {
    const known = error instanceof AppError;
    this.failures.set(
      checkpoint,
      known
        ? error
        : new AppError('internal_error', 'The pull broke off; the log says why.', { cause: error }),
    );
    if (known)
      this.logger.warn('Model pull failed', { model: checkpoint, code: error.code, err: error.cause });
    else this.logger.error('Model pull failed', { model: checkpoint, err: error });
  }

  private async alone(checkpoint: Checkpoint, work: () => Promise<void>): Promise<void> {
    try {
      const lock = await this.downloads.tryLock(checkpoint, LOCK_PATIENCE_MS);
      if (lock === null) throw busy(checkpoint);
      try {
        await work();
      } finally {
        await lock.release();
      }
    } catch (error) {
      throw translateDiskError(error);
    }
  }

  private async describe(name: ModelName): Promise<ModelView> {
    const checkpoint = checkpointOf(name);
    return {
      name,
      multilingual: !name.endsWith('.en'),
      aliasOf: aliasOf(name),
      bundled: false,
      sizeBytes: null,
      memory: null,
      progress: null,
      repository: HUB_REPOSITORIES[checkpoint],
      revision: null,
      commit: null,
      pulledAt: null,
      error: null,
      reason: await this.store.findDefect(checkpoint),
      ...(await this.findCircumstances(checkpoint)),
    };
  }

  private async findCircumstances(checkpoint: Checkpoint): Promise<Circumstances> {
    // Before the folder is looked at: of a pull that ends meanwhile either is known.
    const running = this.running.get(checkpoint);
    const ready = await this.store.findReady(checkpoint);
    if (ready !== null) {
      const record = await readRecord(ready.dir);
      const { revision = null, commit = null, pulled_at: pulledAt = null } = record ?? {};
      const sizeBytes = await folderBytes(ready.dir);
      const memory = memoryOf(ready.model, this.config.worker);
      return { state: 'ready', bundled: ready.bundled, sizeBytes, memory, revision, commit, pulledAt };
    }
    const failure = this.failures.get(checkpoint);
    const folder = await this.downloads.find(checkpoint);
    const fromHub = { revision: folder?.plan.revision ?? null, commit: folder?.plan.commit ?? null };
    if (running !== undefined) {
      const { progress } = running.pull;
      return { state: 'downloading', sizeBytes: progress.totalBytes, progress, ...fromHub };
    }
    const error = failure === undefined ? null : { code: failure.code, detail: failure.detail };
    if (folder === null) return { state: error === null ? 'available' : 'failed', error };
    const total = totalBytes(folder.plan);
    const begun = {
      sizeBytes: total,
      progress: { doneBytes: await bytesHere(folder), totalBytes: total },
      ...fromHub,
    };
    if (await this.downloads.isLocked(checkpoint)) return { state: 'downloading', ...begun };
    return { state: 'failed', ...begun, error: folder.failure ?? error ?? INTERRUPTED };
  }
}

const INTERRUPTED = {
  code: 'download_interrupted',
  detail: 'The download was interrupted. The next pull goes on where it stopped.',
} as const;

function busy(checkpoint: Checkpoint): AppError {
  return new AppError('model_busy', `The model "${checkpoint}" is being pulled. Cancel that first.`);
}

function assertModelName(name: string): ModelName {
  if (isModelName(name)) return name;
  throw new AppError('model_unknown', `The model must be one of ${MODEL_NAMES.join(', ')}.`);
}
