import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { OpenAiModelView } from '../openai-models.service.js';

@ApiSchema({ name: 'OpenAiModel' })
export class OpenAiModelDto {
  @ApiProperty({ example: 'whisper-1' })
  id!: string;

  @ApiProperty({ enum: ['model'] })
  object!: 'model';

  @ApiProperty({ type: 'integer', description: 'Seconds since 1970', example: 1663718400 })
  created!: number;

  @ApiProperty({ example: 'openai' })
  owned_by!: string;
}

@ApiSchema({ name: 'OpenAiModelList' })
export class OpenAiModelListDto {
  @ApiProperty({ enum: ['list'] })
  object!: 'list';

  @ApiProperty({
    type: [OpenAiModelDto],
    description: 'Those that can be used, then names of OpenAI for the default one',
  })
  data!: OpenAiModelDto[];
}

export function toOpenAiModel({ id, created }: OpenAiModelView): OpenAiModelDto {
  // All of them are Whisper's.
  return { id, object: 'model', created, owned_by: 'openai' };
}
