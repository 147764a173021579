import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, Length, Matches, MaxLength, Min } from 'class-validator';
import { MayBeAbsent } from '../../../../../platform/http/may-be-absent.decorator.js';
import { JOB_PRIORITIES, type JobPriority } from '../../../../jobs/job-priority.view.js';
import { IsTargetAddress } from '../../../../jobs/webhooks/target-address.decorator.js';
import { DecodingOptionsDto } from '../../dto/decoding-options.dto.js';
import { CALLBACK_URL, IsTrack, PRIORITY } from '../../dto/create-transcription.dto.js';
import { MODEL_NAMES } from '../../../../../platform/config/model-names.js';

const SHA256 = /^[0-9a-fA-F]{64}$/;
const IS_SHA256 = { message: 'has to be a SHA-256 in 64 hexadecimal digits' };

@ApiSchema({ name: 'NewUpload' })
export class BeginUploadDto extends DecodingOptionsDto {
  @ApiProperty({ maxLength: 255, example: 'interview.mp3' })
  @IsString()
  @Length(1, 255)
  filename!: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Of the whole file, in bytes' })
  @IsInt()
  @Min(1)
  file_size!: number;

  @ApiPropertyOptional({ description: 'SHA-256 of the whole file, hexadecimal; checked in the end' })
  @MayBeAbsent()
  @Matches(SHA256, IS_SHA256)
  file_hash?: string;

  @ApiPropertyOptional({
    enum: MODEL_NAMES,
    description: 'Default: the one that GET /models names as `default`',
  })
  @MayBeAbsent()
  @IsString()
  @MaxLength(100)
  model_name?: string;

  @ApiPropertyOptional({ description: 'What is spoken; `auto`, or nothing, to detect it', example: 'en' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(100)
  language?: string;

  @IsTrack()
  track?: number;

  @ApiPropertyOptional(PRIORITY)
  @MayBeAbsent()
  @IsIn(JOB_PRIORITIES)
  priority?: JobPriority;

  @ApiPropertyOptional(CALLBACK_URL)
  @MayBeAbsent()
  @IsTargetAddress()
  callback_url?: string;
}

/** The other fields of a chunk's form. */
export class ChunkFieldsDto {
  @ApiPropertyOptional({
    description: 'SHA-256 of this chunk, hexadecimal; put it before `chunk_data`, so that it is checked',
  })
  @MayBeAbsent()
  @Matches(SHA256, IS_SHA256)
  chunk_hash?: string;
}

/** The whole form, for the documentation: the bytes are read as a stream. */
@ApiSchema({ name: 'ChunkForm' })
export class ChunkFormDto extends ChunkFieldsDto {
  @ApiProperty({ type: 'string', format: 'binary' })
  chunk_data!: string;
}
