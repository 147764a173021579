import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ModelDto, toModelDto } from '../../transcription/models/dto/model.response.dto.js';
import type { ModelView } from '../../transcription/models/model.view.js';

@ApiSchema({ name: 'ModelError' })
class ModelErrorDto {
  @ApiProperty({ description: 'Stable code', example: 'hub_unreachable' })
  code!: string;

  @ApiProperty({ description: 'The reason in words' })
  detail!: string;
}

/** A model with all that is known of it. */
@ApiSchema({ name: 'AdminModel' })
export class AdminModelDto extends ModelDto {
  @ApiProperty({
    description: 'Where it comes from on the hub',
    example: 'onnx-community/whisper-small_timestamped',
  })
  repository!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The revision that was asked for; null for a model that was not pulled',
    example: 'main',
  })
  revision!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The commit that the revision was when it was pulled',
    example: '9c2d8c1a5e0f4b7a8d3e6f1029384756abcdef01',
  })
  commit!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  pulled_at!: string | null;

  @ApiProperty({ type: ModelErrorDto, nullable: true, description: 'Why the last download failed' })
  error!: ModelErrorDto | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why a folder that is there is no model',
    example: 'The model has no tokenizer.json.',
  })
  reason!: string | null;
}

@ApiSchema({ name: 'AdminModelList' })
export class AdminModelListDto {
  @ApiProperty({ type: [AdminModelDto], description: 'Smallest first' })
  models!: AdminModelDto[];
}

export function toAdminModelDto(model: ModelView): AdminModelDto {
  return Object.assign(toModelDto(model), {
    repository: model.repository,
    revision: model.revision,
    commit: model.commit,
    pulled_at: model.pulledAt,
    error: model.error === null ? null : { code: model.error.code, detail: model.error.detail },
    reason: model.reason,
  });
}
