import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ModelDto } from './model.response.dto.js';

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
