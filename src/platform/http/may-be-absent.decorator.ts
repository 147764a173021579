import { ValidateIf } from 'class-validator';

/** For a field that need not be sent. Unlike `IsOptional` it does not let null through, which no field means anything by. */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
