import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileLock, tryLockFile } from '../../../../platform/runtime/file-lock.js';
import { flushFolder } from '../../../../platform/runtime/flush-folder.js';
import { writeDurably } from '../../../../platform/runtime/write-durably.js';
import { isErrorCode } from '../../../../platform/errors/error-codes.js';
import type { Checkpoint } from '../../../../platform/config/model-names.js';
import type { PullFailure } from '../model.view.js';
import { folderName } from '../store/model-store.js';
import { PART, sizeOf } from './file-download.js';
import type { PullPlan } from './pull-plan.js';

const PLAN_FILE = 'plan.json';
const FAILURE_FILE = 'failure.json';
const REMOVED = 'removed-';
const COMMIT = /^[0-9a-f]{40}$/;

/** A download that was begun: its files so far, and the plan that says what belongs to it. */
export interface DownloadFolder {
  readonly dir: string;
  readonly plan: PullPlan;
  /** Why it came to no end; null while it is under way, and where its process ended before it could say so. */
  readonly failure: PullFailure | null;
}

/**
 * The part of MODEL_DIR where models come into being and where they vanish: `.downloads/whisper-NAME-COMMIT` while they are fetched,
 * `.downloads/removed-*` while they are deleted. It lies in MODEL_DIR so that a rename is all that makes a model appear.
 */
export class DownloadFolders {
  private readonly root: string;

  constructor(modelDir: string) {
    this.root = join(modelDir, '.downloads');
  }

  /**
   * The lock that whoever fetches or removes this model holds, across processes; null when another has it.
   *
   * @param patienceMs how long to wait for another holder
   */
  async tryLock(checkpoint: Checkpoint, patienceMs = 0): Promise<FileLock | null> {
    await mkdir(this.root, { recursive: true });
    return tryLockFile(this.lockFile(checkpoint), patienceMs);
  }

  /** Whether some process fetches or removes this model right now. */
  async isLocked(checkpoint: Checkpoint): Promise<boolean> {
    if (!existsSync(this.lockFile(checkpoint))) return false;
    const lock = await tryLockFile(this.lockFile(checkpoint)).catch(() => undefined);
    await lock?.release();
    return lock === null;
  }

  /** The unfinished download of this model, if there is one. */
  async find(checkpoint: Checkpoint): Promise<DownloadFolder | null> {
    for (const dir of await this.foldersOf(checkpoint)) {
      const plan = await readPlan(dir);
      if (plan !== null) return { dir, plan, failure: await readFailure(dir) };
    }
    return null;
  }

  /** Opens the folder for this plan, with what an earlier attempt has left in it; what is left of other commits goes. */
  async open(checkpoint: Checkpoint, plan: PullPlan): Promise<DownloadFolder> {
    const dir = join(this.root, `${folderName(checkpoint)}-${plan.commit}`);
    for (const other of await this.foldersOf(checkpoint)) {
      if (other !== dir) await rm(other, { recursive: true, force: true });
    }
    await mkdir(dir, { recursive: true });
    await writeDurably(join(dir, PLAN_FILE), JSON.stringify(plan));
    await rm(join(dir, FAILURE_FILE), { force: true });
    return { dir, plan, failure: null };
  }

  /** Lets other processes know why the download failed, and the next start of this one. Nothing is kept of one that had not begun. */
  async keepFailure(checkpoint: Checkpoint, { code, detail }: PullFailure): Promise<void> {
    const folder = await this.find(checkpoint);
    if (folder === null) return;
    // The disk may be what failed.
    await writeDurably(join(folder.dir, FAILURE_FILE), JSON.stringify({ code, detail })).catch(
      () => undefined,
    );
  }

  /** Makes the finished folder the model. What was in its place, and was none, is deleted. */
  async install(folder: DownloadFolder, target: string): Promise<void> {
    await rm(join(folder.dir, PLAN_FILE), { force: true });
    await flushFolder(join(folder.dir, 'onnx'));
    await flushFolder(folder.dir);
    await this.remove(target);
    await rename(folder.dir, target);
    await flushFolder(join(this.root, '..'));
  }

  /** Throws away what was fetched so far. */
  async discard(checkpoint: Checkpoint): Promise<void> {
    for (const dir of await this.foldersOf(checkpoint)) await rm(dir, { recursive: true, force: true });
  }

  /** First out of the way, so that nobody sees half a model, then deleted. Finishes removals that were killed, too. */
  async remove(target: string): Promise<void> {
    if (existsSync(target)) {
      await mkdir(this.root, { recursive: true });
      await rename(target, join(await mkdtemp(join(this.root, REMOVED)), 'model'));
    }
    for (const name of await this.names()) {
      if (name.startsWith(REMOVED)) await rm(join(this.root, name), { recursive: true, force: true });
    }
  }

  private lockFile(checkpoint: Checkpoint): string {
    return join(this.root, `${folderName(checkpoint)}.lock`);
  }

  private async foldersOf(checkpoint: Checkpoint): Promise<string[]> {
    const prefix = `${folderName(checkpoint)}-`;
    const names = await this.names();
    return names
      .filter((name) => name.startsWith(prefix) && COMMIT.test(name.slice(prefix.length)))
      .map((name) => join(this.root, name));
  }

  private names(): Promise<string[]> {
    return readdir(this.root).catch(() => []);
  }
}

/** How much of the plan is on the disk. */
export async function bytesHere({ dir, plan }: DownloadFolder): Promise<number> {
  let sum = 0;
  for (const { path, sizeBytes } of plan.files) {
    const whole = await sizeOf(join(dir, path));
    sum += Math.min(sizeBytes, whole > 0 ? whole : await sizeOf(join(dir, `${path}${PART}`)));
  }
  return sum;
}

/** Our own file, but a disk may have filled up while it was written. */
async function readPlan(dir: string): Promise<PullPlan | null> {
  try {
    return JSON.parse(await readFile(join(dir, PLAN_FILE), 'utf8')) as PullPlan;
  } catch {
    return null;
  }
}

async function readFailure(dir: string): Promise<PullFailure | null> {
  try {
    const { code, detail } = JSON.parse(await readFile(join(dir, FAILURE_FILE), 'utf8')) as Record<
      string,
      string
    >;
    return code !== undefined && isErrorCode(code) && detail !== undefined ? { code, detail } : null;
  } catch {
    return null;
  }
}
