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

const ALIASES = { large: 'large-v3' } as const satisfies Partial<Record<ModelName, ModelName>>;

/** A model with files of its own: every name but the aliases. */
export type Checkpoint = Exclude<ModelName, keyof typeof ALIASES>;

/** The checkpoint that the name stands for; null for one that stands for itself. */
export function aliasOf(name: ModelName): Checkpoint | null {
  return name in ALIASES ? checkpointOf(name) : null;
}

export function checkpointOf(name: ModelName): Checkpoint {
  return name === 'large' ? ALIASES.large : name;
}

export function isModelName(value: string): value is ModelName {
  return MODEL_NAMES.some((name) => name === value);
}
