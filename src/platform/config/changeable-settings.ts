import { SETTINGS, type SettingName } from './settings.js';

/** What administrators may change while the service runs; docs/adr/0025-settings-at-run-time.md says why these. */
export const CHANGEABLE_SETTINGS = [
  'WHISPER_MODEL',
  'MEDIA_RETENTION',
  'STORAGE_QUOTA_MB',
  'MAX_ACTIVE_JOBS_PER_USER',
  'MAX_AUDIO_MINUTES_PER_DAY',
  'MAX_UPLOADS_PER_USER',
  'RATE_LIMIT_ADDRESS_PER_MINUTE',
  'RATE_LIMIT_USER_PER_MINUTE',
  'RATE_LIMIT_PIECES_PER_MINUTE',
  'LOG_LEVEL',
] as const satisfies readonly SettingName[];

export type ChangeableSetting = (typeof CHANGEABLE_SETTINGS)[number];

/** Values as they are written in the environment. */
export type WrittenValues = Readonly<Record<ChangeableSetting, string>>;

/** Pages of the web app ask several times in two seconds: with less nobody could take such a limit back. */
const LEAST_REQUESTS = 300;
const KEEP_THE_DOOR_OPEN: readonly SettingName[] = [
  'RATE_LIMIT_ADDRESS_PER_MINUTE',
  'RATE_LIMIT_USER_PER_MINUTE',
];

export function isChangeable(name: string): name is ChangeableSetting {
  return CHANGEABLE_SETTINGS.some((candidate) => candidate === name);
}

/** What is wrong with a new value, in the words that a start would have for it; null: nothing. */
export function findValueProblem(name: ChangeableSetting, raw: string): string | null {
  const parsed = SETTINGS[name].parse(raw);
  if ('problem' in parsed) return parsed.problem;
  const { value } = parsed;
  const locksOut =
    KEEP_THE_DOOR_OPEN.includes(name) && typeof value === 'number' && value > 0 && value < LEAST_REQUESTS;
  return locksOut
    ? `must be 0 or at least ${LEAST_REQUESTS}, so that it can be changed again; less only in the environment`
    : null;
}
