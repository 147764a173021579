import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from '@jest/globals';
import { HUB_PATIENCE, type HubPatience } from '../../src/modules/transcription/models/hub/hub-patience.js';
import { ModelHub } from '../../src/modules/transcription/models/hub/model-hub.js';
import type { ModelView } from '../../src/modules/transcription/models/model.view.js';
import { ModelsService } from '../../src/modules/transcription/models/models.service.js';
import { ModelStore } from '../../src/modules/transcription/models/store/model-store.js';
import { loadAppConfig } from '../../src/platform/config/app-config.js';
import type { Environment } from '../../src/platform/config/setting.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import type { HubMirror, MirrorOptions } from './hub-mirror.js';
import { openMiniatureHub, PULLED_FILES, readMiniature } from './miniature-model.js';

export const ATTEMPTS = 3;
/** Long enough for a request on this machine, short enough for tests that exhaust it. */
const PATIENCE: HubPatience = { ...HUB_PATIENCE, silenceMs: 500, attempts: ATTEMPTS, firstPauseMs: 10 };

/** A folder for models, a hub to pull them from, and the service between the two, as often as wanted. */
export class ModelRoom {
  private readonly services: ModelsService[] = [];

  private constructor(
    private readonly folder: string,
    public mirror: HubMirror,
  ) {}

  static async open(): Promise<ModelRoom> {
    return new ModelRoom(await mkdtemp(path.join(tmpdir(), 'models-')), await openMiniatureHub());
  }

  async reopenHub(options: Partial<MirrorOptions>): Promise<void> {
    await this.mirror.close();
    this.mirror = await openMiniatureHub(options);
  }

  /** As one process has it; a second one stands for a second process, for they share nothing but the folder. */
  openModels(environment: Environment = {}): ModelsService {
    const settings = { MODEL_DIR: this.path(), MODEL_HUB_URL: this.mirror.url, ...environment };
    const config = loadAppConfig(settings, false);
    const clock = new SystemClock();
    const hub = new ModelHub(config.models.hub, clock, PATIENCE);
    const service = new ModelsService(config, new ModelStore(config.models.dir), hub, clock);
    this.services.push(service);
    return service;
  }

  async pull(models: ModelsService, name = 'tiny'): Promise<ModelView> {
    await models.startPull(name);
    return models.waitForEnd(name);
  }

  /** Below MODEL_DIR. */
  path(...names: string[]): string {
    return this.outside('models', ...names);
  }

  /** Beside MODEL_DIR. */
  outside(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  /** What is unfinished. */
  async downloads(): Promise<string[]> {
    const names = await readdir(this.path('.downloads'));
    return names.filter((name) => !name.endsWith('.lock'));
  }

  async expectPulled(name = 'tiny'): Promise<void> {
    for (const file of PULLED_FILES) {
      const pulled = await readFile(this.path(`whisper-${name}`, file));
      expect(pulled.equals(await readMiniature(file))).toBe(true);
    }
    expect(await this.downloads()).toEqual([]);
  }

  async close(): Promise<void> {
    for (const service of this.services) {
      service.onModuleDestroy();
      await service.beforeApplicationShutdown();
    }
    await this.mirror.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
