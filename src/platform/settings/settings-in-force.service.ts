import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../config/app-config.js';
import {
  CHANGEABLE_SETTINGS,
  findValueProblem,
  isChangeable,
  type ChangeableSetting,
  type WrittenValues,
} from '../config/changeable-settings.js';
import { ConfigInForce } from '../config/config-in-force.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { setLogLevel } from '../logging/root-logger.js';
import { RepeatedWork } from '../runtime/repeated-work.js';
import type { ChangedSetting } from './changed-setting.entity.js';
import { ChangedSettingsRepository } from './changed-settings.repository.js';

/** So soon does a change reach the other processes. */
const INTERVAL_MS = 1000;

type SoundSetting = ChangedSetting & { readonly name: ChangeableSetting };

/** A setting with the value in force, and who changed it since the start, if somebody did. */
export interface SettingInForce {
  readonly name: ChangeableSetting;
  readonly value: string;
  readonly startValue: string;
  readonly change: Pick<ChangedSetting, 'changedBy' | 'changedAt'> | null;
}

/** Has the configuration of this process follow what administrators change, wherever they do. */
@Injectable()
export class SettingsInForceService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(SettingsInForceService.name);
  private readonly following = new RepeatedWork(() => this.refresh(), {
    intervalMs: INTERVAL_MS,
    onFailure: (error) => {
      this.logger.warn('Changes of settings cannot be read; those known stay in force', { err: error });
    },
  });
  /** Readings are numbered, so that one that took long does not undo a newer one. */
  private lastReading = 0;
  private shownReading = 0;
  private changed: Partial<WrittenValues> = {};
  private readonly reported = new Set<string>();

  constructor(
    private readonly repository: ChangedSettingsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly inForce: ConfigInForce,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /** Nothing is to be served by other settings than those that were said last. */
  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.following.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.following.stop();
  }

  /** Puts into force, in this process, what is stored now. */
  async refresh(): Promise<void> {
    const reading = ++this.lastReading;
    const rows = await this.unitOfWork.read(() => this.repository.list());
    if (reading < this.shownReading) return;
    this.shownReading = reading;
    this.putIntoForce(Object.fromEntries(this.soundOf(rows).map(({ name, value }) => [name, value])));
  }

  /** All that can be changed, as it is stored now. */
  list(): Promise<SettingInForce[]> {
    return this.unitOfWork.read(async () => {
      const rows = this.soundOf(await this.repository.list());
      return CHANGEABLE_SETTINGS.map((name) => {
        const change = rows.find((row) => row.name === name) ?? null;
        const startValue = this.config.startValues[name];
        return { name, startValue, value: change?.value ?? startValue, change };
      });
    });
  }

  /**
   * Writes new values into the transaction that is open, after which they have to be put into force.
   *
   * @param wanted sound values; null: back to the start value
   * @returns what was changed by that
   */
  async save(
    wanted: Readonly<Partial<Record<ChangeableSetting, string | null>>>,
    change: Pick<ChangedSetting, 'changedBy' | 'changedAt'>,
  ): Promise<{ readonly name: ChangeableSetting; readonly before: string; readonly after: string }[]> {
    await this.repository.lock();
    const before = await this.list();
    const changes = before.flatMap(({ name, value, startValue, change: earlier }) => {
      const next = wanted[name];
      const isSame =
        next === undefined || (next === null ? earlier === null : earlier !== null && next === value);
      return isSame ? [] : [{ name, before: value, after: next ?? startValue }];
    });
    // Also one that this version does not understand, and does not list.
    const back = CHANGEABLE_SETTINGS.filter((name) => wanted[name] === null);
    await this.repository.delete(back);
    for (const { name, after } of changes)
      if (!back.includes(name)) await this.repository.save({ name, value: after, ...change });
    return changes;
  }

  private putIntoForce(changed: Partial<WrittenValues>): void {
    const names = CHANGEABLE_SETTINGS.filter((name) => changed[name] !== this.changed[name]);
    if (names.length === 0) return;
    this.inForce.replace(changed);
    this.changed = changed;
    setLogLevel(this.config.logging.level);
    this.logger.log('Settings changed', { settings: names });
  }

  /** A version before or after this one may have stored what this one does not take. */
  private soundOf(rows: readonly ChangedSetting[]): SoundSetting[] {
    for (const { name } of rows.filter((row) => !isSound(row) && !this.reported.has(row.name))) {
      this.logger.warn('A stored setting is not understood, and left out', { setting: name });
      this.reported.add(name);
    }
    return rows.filter(isSound);
  }
}

function isSound(row: ChangedSetting): row is SoundSetting {
  return isChangeable(row.name) && findValueProblem(row.name, row.value) === null;
}
