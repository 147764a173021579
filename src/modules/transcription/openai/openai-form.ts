import type { FormField } from '../../../platform/http/multipart-reader.js';
import { validationFailed } from '../../../platform/http/validation.pipe.js';

/**
 * The fields of a form of the OpenAI API. Its clients write lists as `name[]`, `name[0]`, `name` with commas or JSON, and objects as
 * `name[key]` or JSON; whatever is empty is absent.
 */
export class OpenAiForm {
  private readonly fields: readonly FormField[];

  constructor(fields: readonly FormField[]) {
    this.fields = fields
      // The database does not store the character 0.
      .map(([name, value]) => [name, value.replaceAll('\0', '')] as const)
      .filter(([, value]) => value.trim() !== '' && value !== 'null');
  }

  /** @throws AppError validation_failed when it was said twice, and not the same */
  text(name: string): string | undefined {
    const [value, ...others] = new Set(
      this.fields.filter(([field]) => field === name).map(([, said]) => said),
    );
    if (others.length > 0) throw validationFailed([{ field: name, message: 'was given twice, and differs' }]);
    return value;
  }

  /** Of them, a bare one may be several with commas between them. */
  list(name: string): string[] {
    return this.items(name, splitAtCommas);
  }

  /** A list of texts that may have commas: a bare field is one of them, or JSON. */
  whole(name: string): string[] {
    return this.items(name, (value) => [value]);
  }

  /** Its properties by their names; a text that is no JSON as it is. */
  object(name: string): string | Readonly<Record<string, unknown>> | undefined {
    const text = this.text(name);
    if (text !== undefined) {
      const value = isJson(text) ? parse(name, text) : text;
      return typeof value === 'string' ? value : toRecord(name, value);
    }
    const properties = this.fields.flatMap(([field, value]) => {
      const property = new RegExp(`^${name}\\[(\\w+)\\]$`).exec(field)?.[1];
      return property === undefined ? [] : [[property, value] as const];
    });
    return properties.length === 0 ? undefined : Object.fromEntries(properties);
  }

  has(name: string): boolean {
    return this.fields.some(([field]) => field === name || field.startsWith(`${name}[`));
  }

  /** Those with a number in the order of the numbers, as fields may come in any order. */
  private items(name: string, ofBare: (value: string) => string[]): string[] {
    const numbered = new RegExp(`^${name}\\[(\\d*)\\]$`);
    return this.fields
      .flatMap(([field, value]) => {
        if (field === name)
          return [{ at: 0, values: isJson(value) ? textsOf(parse(name, value)) : ofBare(value) }];
        const [, number] = numbered.exec(field) ?? [];
        return number === undefined ? [] : [{ at: Number(number), values: [value] }];
      })
      .toSorted((one, other) => one.at - other.at)
      .flatMap(({ values }) => values);
  }
}

function isJson(value: string): boolean {
  return /^\s*[[{"]/.test(value);
}

function parse(name: string, value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw validationFailed([{ field: name, message: 'is not valid JSON' }]);
  }
}

function textsOf(value: unknown): string[] {
  return [value].flat().map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
}

function splitAtCommas(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function toRecord(name: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw validationFailed([{ field: name, message: 'must be an object' }]);
}
