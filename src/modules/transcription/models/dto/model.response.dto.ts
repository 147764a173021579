import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { MODEL_STATES, type ModelState, type ModelView } from '../model.view.js';

@ApiSchema({ name: 'ModelProgress' })
class ModelProgressDto {
  @ApiProperty({ description: 'Bytes that are on this machine', example: 104857600 })
  done_bytes!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Bytes in all; null until the hub has said so',
    example: 249036248,
  })
  total_bytes!: number | null;
}

@ApiSchema({ name: 'ModelMemory' })
class ModelMemoryDto {
  @ApiProperty({ description: 'false: requests for it are refused (model_too_large)' })
  fits!: boolean;

  @ApiProperty({ description: 'Bytes that it needs at least', example: 619000000 })
  needed_bytes!: number;

  @ApiProperty({ description: 'Bytes that it may use on this machine', example: 3435973836 })
  allowed_bytes!: number;
}

@ApiSchema({ name: 'Model' })
export class ModelDto {
  @ApiProperty({ example: 'base' })
  name!: string;

  @ApiProperty({
    enum: MODEL_STATES,
    enumName: 'ModelState',
    description:
      'ready: on this machine; available: known, but not here; downloading; failed: the last download did not come to its end',
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

  @ApiProperty({ description: 'Part of the service; cannot be removed' })
  bundled!: boolean;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'On the disk, or in all while it is downloading; null while unknown',
  })
  size_bytes!: number | null;

  @ApiProperty({
    type: ModelMemoryDto,
    nullable: true,
    description: 'Whether it can be run; null unless it is ready, and where another process transcribes',
  })
  memory!: ModelMemoryDto | null;

  @ApiProperty({
    type: ModelProgressDto,
    nullable: true,
    description: 'How far a download is, or how far one came that failed',
  })
  progress!: ModelProgressDto | null;
}

export function toModelDto(model: ModelView): ModelDto {
  const { memory, progress } = model;
  return {
    name: model.name,
    state: model.state,
    multilingual: model.multilingual,
    alias_of: model.aliasOf,
    bundled: model.bundled,
    size_bytes: model.sizeBytes,
    memory:
      memory === null
        ? null
        : { fits: memory.fits, needed_bytes: memory.neededBytes, allowed_bytes: memory.allowedBytes },
    progress: progress === null ? null : { done_bytes: progress.doneBytes, total_bytes: progress.totalBytes },
  };
}
