import { ApiProperty } from '@nestjs/swagger';

export function ApiSpeakers(): PropertyDecorator {
  return ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description:
      'Names that people gave, by the keys of the segments; a segment without one has `channel_N` where it has a channel',
    example: { s1: 'Elinor' },
  });
}
