import type { SettingValues } from './settings.js';

/** What is wrong with values that are sound one by one, a line each. Values that could not be read are absent. */
export function findConflicts(values: Partial<SettingValues>): string[] {
  return values.NODE_ENV === 'production' && values.ANONYMOUS_LOCAL === true
    ? ['ANONYMOUS_LOCAL=true is not possible in production']
    : [];
}
