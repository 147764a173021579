import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';

/** True or false, also where it comes as a text, as in queries and forms. */
export function IsTrueOrFalse(): PropertyDecorator {
  return applyDecorators(Transform(toBoolean), IsBoolean({ message: 'has to be true or false' }));
}

function toBoolean({ value }: { value: unknown }): unknown {
  return value === 'true' ? true : value === 'false' ? false : value;
}
