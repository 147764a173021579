import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../errors.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws EngineError `model_invalid` where the file is missing or holds anything but one JSON object */
export async function readJson(folder: string, name: string): Promise<JsonObject> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(join(folder, name), 'utf8'));
  } catch (cause) {
    throw new EngineError('model_invalid', `${name} of the model cannot be read`, { cause });
  }
  if (!isObject(content)) throw new EngineError('model_invalid', `${name} does not hold an object`);
  return content;
}

export function numberIn(object: JsonObject, key: string): number {
  const value = object[key];
  if (typeof value !== 'number')
    throw new EngineError('model_invalid', `${key} of the model is not a number`);
  return value;
}

/** Empty where the key is absent. */
export function numbersIn(object: JsonObject, key: string): number[] {
  const value = object[key] ?? [];
  if (!Array.isArray(value)) throw new EngineError('model_invalid', `${key} of the model is not a list`);
  return value.filter((item): item is number => typeof item === 'number');
}

/** Empty where the key is absent. */
export function idsIn(object: JsonObject, key: string): Map<string, number> {
  const value = object[key] ?? {};
  if (!isObject(value)) throw new EngineError('model_invalid', `${key} of the model is not an object`);
  return new Map(
    Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
