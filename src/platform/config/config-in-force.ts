import { limitsOf, type AppConfig } from './app-config.js';
import { CHANGEABLE_SETTINGS, type ChangeableSetting, type WrittenValues } from './changeable-settings.js';
import { SETTINGS, type SettingValues } from './settings.js';

/** The configuration as it is in force: that of the start, with what was changed since. One object for the life of the process. */
export class ConfigInForce {
  readonly config: AppConfig;

  constructor(private readonly start: AppConfig) {
    this.config = { ...start };
  }

  /**
   * Has these values stand in place of those of the start, in what reads the configuration from now on.
   *
   * @param changed sound ones; settings that are not among them go back to the start value
   */
  replace(changed: Partial<WrittenValues>): void {
    Object.assign(this.config, partsOf(this.start, { ...this.start.startValues, ...changed }));
  }
}

function partsOf(
  start: AppConfig,
  written: WrittenValues,
): Pick<AppConfig, 'rateLimits' | 'quotas' | 'uploads' | 'models' | 'logging'> {
  const values = Object.fromEntries(
    CHANGEABLE_SETTINGS.map((name) => [name, readSound(name, written[name])]),
  ) as unknown as Pick<SettingValues, ChangeableSetting>;
  return {
    ...limitsOf(values),
    uploads: {
      ...start.uploads,
      maxSessionsPerUser: values.MAX_UPLOADS_PER_USER,
      keptDays: values.MEDIA_RETENTION,
    },
    models: { ...start.models, preferred: values.WHISPER_MODEL },
    logging: { ...start.logging, level: values.LOG_LEVEL },
  };
}

function readSound(name: ChangeableSetting, raw: string): unknown {
  const parsed = SETTINGS[name].parse(raw);
  if ('problem' in parsed) throw new Error(`${name} ${parsed.problem}`);
  return parsed.value;
}
