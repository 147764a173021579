import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

/** The largest that is read from a text. */
const MAX_READ = 999_999_999;

/** A whole number within these bounds, also where it comes as a text, as in queries and forms. */
export function IsWholeNumber({
  min,
  max = MAX_READ,
}: {
  readonly min: number;
  readonly max?: number;
}): PropertyDecorator {
  const bounds = max === MAX_READ ? `${min} or more` : `from ${min} to ${max}`;
  const message = `has to be a whole number, ${bounds}`;
  return applyDecorators(
    Transform(toWholeNumber),
    IsInt({ message }),
    Min(min, { message }),
    Max(max, { message }),
  );
}

/** Digits only, since "1e3", "0x10" and "" are no numbers that people count by. */
function toWholeNumber({ value }: { value: unknown }): unknown {
  return typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
}
