import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ConfigInForce } from '../config/config-in-force.js';
import { ChangedSetting } from './changed-setting.entity.js';
import { ChangedSettingsRepository } from './changed-settings.repository.js';
import { SettingsInForceService } from './settings-in-force.service.js';

export const SETTINGS_ENTITIES = [ChangedSetting];

@Global()
@Module({})
export class SettingsModule {
  static register(inForce: ConfigInForce): DynamicModule {
    return {
      module: SettingsModule,
      providers: [
        { provide: ConfigInForce, useValue: inForce },
        ChangedSettingsRepository,
        SettingsInForceService,
      ],
      exports: [SettingsInForceService],
    };
  }
}
