import {
  ValidationPipe,
  type ArgumentMetadata,
  type Type,
  type ValidationError,
  type ValidationPipeOptions,
} from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { AppError, type FieldError } from '../errors/app-error.js';

export const UNKNOWN_FIELD = 'is not known here';

const RULES = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
};

const tolerantDtos = new WeakSet<object>();

/** For a DTO of which a standard wants unknown fields to be ignored. */
export function IgnoresUnknownFields(): ClassDecorator {
  return (dto) => void tolerantDtos.add(dto);
}

class DtoPipe extends ValidationPipe {
  private readonly tolerant: ValidationPipe;

  constructor(options: ValidationPipeOptions) {
    super(options);
    this.tolerant = new ValidationPipe({ ...options, forbidNonWhitelisted: false });
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.metatype !== undefined && metadata.type !== 'param') assertText(value);
    const { metatype } = metadata;
    const isTolerant = metatype !== undefined && tolerantDtos.has(metatype);
    return isTolerant ? this.tolerant.transform(value, metadata) : super.transform(value, metadata);
  }
}

/** Checks bodies and queries against their DTOs: unknown fields are refused, types are not guessed. */
export function createValidationPipe(): ValidationPipe {
  return new DtoPipe({ ...RULES, transform: true, exceptionFactory: toValidationFailed });
}

/**
 * The same check for a body that only its route knows to be one.
 *
 * @throws AppError validation_failed
 */
export function validateBody<T extends object>(dto: Type<T>, body: unknown): Promise<T> {
  return createValidationPipe().transform(body, { type: 'body', metatype: dto }) as Promise<T>;
}

/** The same check for the fields of a form, which do not come as a body. One that was left empty is absent. */
export function validateFields<T extends object>(dto: Type<T>, fields: ReadonlyMap<string, string>): T {
  const declared = new Set(declaredFields(dto));
  // Checked here and not as a whitelist: names such as "constructor" are on every object.
  const unknown = [...fields.keys()].filter((name) => !declared.has(name));
  if (unknown.length > 0) throw validationFailed(unknown.map((field) => ({ field, message: UNKNOWN_FIELD })));
  const given = Object.fromEntries([...fields].filter(([, value]) => value !== ''));
  assertText(given);
  const instance = plainToInstance(dto, given);
  const errors = validateSync(instance, RULES);
  if (errors.length > 0) throw toValidationFailed(errors);
  return instance;
}

/** The database has no text with the character NUL or with half a surrogate pair. */
function assertText(value: unknown): void {
  const fields = fieldsWithoutText(value, '');
  if (fields.length > 0) throw validationFailed(fields.map((field) => ({ field, message: 'must be text' })));
}

function fieldsWithoutText(value: unknown, field: string): string[] {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? [field] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    fieldsWithoutText(inner, field === '' ? name : `${field}.${name}`),
  );
}

/** Names of the fields that a DTO knows. */
export function declaredFields(dto: Type<object>): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))];
}

function toValidationFailed(errors: readonly ValidationError[]): AppError {
  return validationFailed(errors.flatMap((error) => fieldErrors(error, '')));
}

export function validationFailed(errors: readonly FieldError[]): AppError {
  const fields = errors.map(({ field }) => field).join(', ');
  return new AppError('validation_failed', `Please correct: ${fields}.`, { errors });
}

function fieldErrors(error: ValidationError, prefix: string): FieldError[] {
  const field = `${prefix}${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    field,
    message: rule === 'whitelistValidation' ? UNKNOWN_FIELD : message.replace(`${error.property} `, ''),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, `${field}.`))];
}
