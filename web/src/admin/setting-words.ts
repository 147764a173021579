import type { SettingName } from '@whisper-transcriber/client-sdk';

/** What people call them. */
export const SETTING_WORDS: Readonly<Record<SettingName, string>> = {
  WHISPER_MODEL: 'Default model',
  MEDIA_RETENTION: 'How long recordings are kept',
  STORAGE_QUOTA_MB: 'Storage of a user, in MiB',
  MAX_ACTIVE_JOBS_PER_USER: 'Jobs of a user at a time',
  MAX_AUDIO_MINUTES_PER_DAY: 'Minutes of audio of a user in a day',
  MAX_UPLOADS_PER_USER: 'Unfinished uploads of a user',
  RATE_LIMIT_ADDRESS_PER_MINUTE: 'Requests of an address in a minute',
  RATE_LIMIT_USER_PER_MINUTE: 'Requests of a user in a minute',
  RATE_LIMIT_PIECES_PER_MINUTE: 'Pieces of uploads in a minute',
  LOG_LEVEL: 'What is logged',
};
