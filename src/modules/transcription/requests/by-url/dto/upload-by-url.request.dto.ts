import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { CreateTranscriptionDto } from '../../dto/create-transcription.dto.js';

@ApiSchema({ name: 'UploadByUrl' })
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
  @IsOptional()
  @IsString()
  @Length(1, 255)
  filename?: string;
}
