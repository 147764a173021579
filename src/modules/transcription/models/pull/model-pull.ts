import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { Clock } from '../../../../platform/runtime/clock.js';
import type { FileLock } from '../../../../platform/runtime/file-lock.js';
import { writeDurably } from '../../../../platform/runtime/write-durably.js';
import type { Checkpoint } from '../../../../platform/config/model-names.js';
import { HUB_REPOSITORIES } from '../checkpoints.js';
import type { ModelHub } from '../hub/model-hub.js';
import type { ModelRecord } from '../store/model-record.js';
import { defectOf, RECORD_FILE, type ModelStore } from '../store/model-store.js';
import { assertSpace, translateDiskError } from './disk-space.js';
import { bytesHere, type DownloadFolder, type DownloadFolders } from './download-folders.js';
import { downloadFile } from './file-download.js';
import { chooseFiles, noModel, totalBytes, type PullPlan } from './pull-plan.js';

const LOOK_AGAIN_MS = 500;
/** What the engine holds the files of a model against. */
const SUMS_FILE = 'SHA256SUMS';

/** What a pull works with. */
export interface PullTools {
  readonly hub: ModelHub;
  readonly store: ModelStore;
  readonly downloads: DownloadFolders;
  readonly revision: string;
  readonly clock: Clock;
}

export interface PullProgress {
  readonly doneBytes: number;
  /** Null until the hub has said which files there are. */
  readonly totalBytes: number | null;
}

/** Brings one model from the hub into MODEL_DIR: all of it, or nothing that anybody could take for it. */
export class ModelPull {
  progress: PullProgress = { doneBytes: 0, totalBytes: null };

  constructor(
    private readonly tools: PullTools,
    readonly checkpoint: Checkpoint,
  ) {}

  /** @throws AppError; the reason of the signal when that ended it. What was fetched stays for the next pull. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      const lock = await this.lock(signal);
      try {
        if ((await this.tools.store.findReady(this.checkpoint)) === null) await this.fetchOrSayWhyNot(signal);
      } finally {
        await lock.release();
      }
    } catch (error) {
      signal.throwIfAborted();
      throw translateDiskError(error);
    }
  }

  private async fetchOrSayWhyNot(signal: AbortSignal): Promise<void> {
    try {
      await this.fetch(signal);
    } catch (error) {
      const failure = translateDiskError(error);
      if (failure instanceof AppError && !signal.aborted) {
        await this.tools.downloads.keepFailure(this.checkpoint, failure);
      }
      throw error;
    }
  }

  /** Where another process is at this model, waits for its end: either the model is there then, or it is our turn. */
  private async lock(signal: AbortSignal): Promise<FileLock> {
    const { downloads } = this.tools;
    for (;;) {
      signal.throwIfAborted();
      const lock = await downloads.tryLock(this.checkpoint);
      if (lock !== null) return lock;
      const theirs = await downloads.find(this.checkpoint);
      if (theirs !== null) await this.measure(theirs);
      await delay(LOOK_AGAIN_MS, undefined, { signal });
    }
  }

  private async fetch(signal: AbortSignal): Promise<void> {
    const { downloads, store } = this.tools;
    const plan = await this.plan(signal);
    const folder = await downloads.open(this.checkpoint, plan);
    await this.measure(folder);
    await assertSpace(folder.dir, totalBytes(plan) - this.progress.doneBytes);
    const sums = await this.fetchFiles(folder, signal);
    await this.describe(folder, sums);
    const defect = await defectOf(folder.dir);
    if (defect !== null) throw noModel(plan.repository, defect);
    await downloads.install(folder, store.ownFolder(this.checkpoint));
  }

  private async plan(signal: AbortSignal): Promise<PullPlan> {
    const { hub, revision } = this.tools;
    const repository = HUB_REPOSITORIES[this.checkpoint];
    // From here on only the commit is asked for: a branch may move while files of it are fetched.
    const commit = await hub.getCommit(repository, revision, signal);
    const files = chooseFiles(repository, await hub.listFiles(repository, commit, signal));
    return { repository, revision, commit, files };
  }

  private async fetchFiles({ dir, plan }: DownloadFolder, signal: AbortSignal): Promise<Map<string, string>> {
    const sums = new Map<string, string>();
    let before = 0;
    for (const file of plan.files) {
      const order = { ...plan, file, target: join(dir, file.path) };
      const sha256 = await downloadFile(this.tools.hub, order, signal, (bytes) => {
        this.progress = { doneBytes: before + bytes, totalBytes: totalBytes(plan) };
      });
      sums.set(file.path, sha256);
      before += file.sizeBytes;
      this.progress = { doneBytes: before, totalBytes: totalBytes(plan) };
    }
    return sums;
  }

  private async describe({ dir, plan }: DownloadFolder, sums: Map<string, string>): Promise<void> {
    const record: ModelRecord = {
      name: this.checkpoint,
      repository: plan.repository,
      revision: plan.revision,
      commit: plan.commit,
      files: plan.files.map(({ path, sizeBytes }) => ({
        path,
        size: sizeBytes,
        sha256: sums.get(path) ?? '',
      })),
      pulled_at: this.tools.clock.now().toISOString(),
    };
    const lines = record.files.map(({ path, sha256 }) => `${sha256}  ${path}\n`);
    await writeDurably(join(dir, SUMS_FILE), lines.join(''));
    await writeDurably(join(dir, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
  }

  private async measure(folder: DownloadFolder): Promise<void> {
    this.progress = { doneBytes: await bytesHere(folder), totalBytes: totalBytes(folder.plan) };
  }
}
