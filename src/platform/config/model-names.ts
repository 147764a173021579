/** The checkpoints that the service knows by name, smallest first; `.en` ones know English only. */
export const MODEL_NAMES = [
  'tiny.en',
  'tiny',
  'base.en',
  'base',
  'small.en',
  'small',
  'medium.en',
  'medium',
  'large',
  'large-v2',
  'large-v3',
  'large-v3-turbo',
] as const;

export type ModelName = (typeof MODEL_NAMES)[number];

export function isModelName(value: string): value is ModelName {
  return MODEL_NAMES.some((name) => name === value);
}
