import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { MayBeAbsent } from '../../../../../platform/http/may-be-absent.decorator.js';
import { CreateTranscriptionDto } from '../../dto/create-transcription.dto.js';

@ApiSchema({ name: 'UrlUpload' })
export class UploadByUrlDto extends CreateTranscriptionDto {
  @ApiProperty({
    maxLength: 4096,
    description: 'http or https. It is fetched once and not kept.',
    example: 'https://example.com/interview.mp3',
  })
  @IsString()
  @Length(1, 4096)
  url!: string;

  @ApiPropertyOptional({
    maxLength: 255,
    description: 'Name of the recording; default: what the other side or the address say',
  })
  @MayBeAbsent()
  @IsString()
  @Length(1, 255)
  filename?: string;
}
