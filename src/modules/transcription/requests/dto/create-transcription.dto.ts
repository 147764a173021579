import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { MODEL_NAMES } from '../../../../platform/config/model-names.js';

/** The option fields of an upload. */
export class CreateTranscriptionDto {
  @ApiPropertyOptional({
    enum: MODEL_NAMES,
    description: 'Default: the one that GET /models names as `default`',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  model?: string;

  @ApiPropertyOptional({
    description: 'What is spoken: code or English name; `auto`, or nothing, to detect it',
    example: 'en',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  language?: string;
}

/** The whole form, for the documentation: the file itself is read as a stream. */
@ApiSchema({ name: 'UploadForm' })
export class UploadFormDto extends CreateTranscriptionDto {
  @ApiProperty({
    type: 'string',
    format: 'binary',
    description:
      'The recording: audio, or video with sound. Put it after the other fields, so that a wrong option is noticed before the file is sent.',
  })
  file!: string;
}
