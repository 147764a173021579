import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { ModelState, ModelView } from '../model-catalogue.service.js';

@ApiSchema({ name: 'Model' })
class ModelDto {
  @ApiProperty({ example: 'base' })
  name!: string;

  @ApiProperty({
    enum: ['available', 'ready'],
    description: 'ready: on this machine; available: known, but not here',
  })
  state!: ModelState;

  @ApiProperty({ description: 'false: English only' })
  multilingual!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The model that this name stands for',
    example: 'large-v3',
  })
  alias_of!: string | null;
}

@ApiSchema({ name: 'Language' })
export class LanguageDto {
  @ApiProperty({ example: 'de' })
  code!: string;

  @ApiProperty({ example: 'German' })
  name!: string;
}

@ApiSchema({ name: 'ModelList' })
export class ModelListDto {
  @ApiProperty({ type: [ModelDto], description: 'Smallest first' })
  models!: ModelDto[];

  @ApiProperty({ description: 'What a request gets that names no model', example: 'base' })
  default!: string;

  @ApiProperty({ type: [LanguageDto], description: 'Languages of the default model, by name' })
  languages!: LanguageDto[];

  @ApiProperty({ description: 'Largest file that is accepted', example: 104857600 })
  max_upload_bytes!: number;
}

export function toModelDto({ name, state, multilingual, aliasOf }: ModelView): ModelDto {
  return { name, state, multilingual, alias_of: aliasOf };
}
