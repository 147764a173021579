import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockUntilCommit } from '../database/advisory-lock.js';
import { ChangedSetting } from './changed-setting.entity.js';

@Injectable()
export class ChangedSettingsRepository {
  constructor(private readonly em: EntityManager) {}

  list(): Promise<ChangedSetting[]> {
    return this.em.find(ChangedSetting, {}, { disableIdentityMap: true });
  }

  /** Whoever changes settings is alone with them until the end of the transaction that is open. */
  async lock(): Promise<void> {
    await lockUntilCommit(this.em, 'settings', '');
  }

  async save(setting: ChangedSetting): Promise<void> {
    await this.em.upsert(ChangedSetting, setting);
  }

  async delete(names: readonly string[]): Promise<void> {
    await this.em.nativeDelete(ChangedSetting, { name: { $in: [...names] } });
  }
}
