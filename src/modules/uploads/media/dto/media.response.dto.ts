import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageDto } from '../../../../platform/http/page.response.dto.js';
import type { KeptMedia } from '../media-file.view.js';

@ApiSchema({ name: 'MediaLinks' })
class MediaLinksDto {
  @ApiProperty({ example: '/media/01a20b8b-1e34-71c6-9687-0bdc11895273/info' })
  self!: string;

  @ApiProperty({ example: '/media/01a20b8b-1e34-71c6-9687-0bdc11895273' })
  content!: string;
}

@ApiSchema({ name: 'Media' })
export class MediaDto {
  @ApiProperty({ format: 'uuid' })
  media_id!: string;

  @ApiProperty({ description: 'Name of the file as it was sent', example: 'interview.mp3' })
  original_filename!: string;

  @ApiProperty({ type: 'integer' })
  size_bytes!: number;

  @ApiProperty({ description: 'Of the whole file, hexadecimal' })
  sha256!: string;

  @ApiProperty({ description: 'What the file is by its content', example: 'mp3' })
  container!: string;

  @ApiProperty({ example: 'mp3' })
  codec!: string;

  @ApiProperty({ type: Number, nullable: true, description: 'Null where the file does not say' })
  duration_seconds!: number | null;

  @ApiProperty({ type: 'integer', description: 'Samples a second' })
  sample_rate!: number;

  @ApiProperty({ type: 'integer' })
  channels!: number;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'When it is deleted by itself; null: it is kept, or goes when its jobs have ended (GET /media/retention tells which)',
  })
  expires_at!: string | null;

  @ApiProperty({ type: MediaLinksDto })
  links!: MediaLinksDto;
}

@ApiSchema({ name: 'MediaList' })
export class MediaListDto extends PageDto {
  @ApiProperty({ type: [MediaDto], description: 'Newest first' })
  media!: MediaDto[];
}

/** @param baseUrl put before the links; empty for links relative to the host */
export function toMediaDto(media: KeptMedia, baseUrl: string): MediaDto {
  return {
    media_id: media.id,
    original_filename: media.originalFilename,
    size_bytes: media.sizeBytes,
    sha256: media.sha256,
    container: media.container,
    codec: media.codec,
    duration_seconds: media.durationSeconds,
    sample_rate: media.sampleRate,
    channels: media.channels,
    created_at: media.createdAt.toISOString(),
    expires_at: media.expiresAt?.toISOString() ?? null,
    links: {
      self: `${baseUrl}/media/${media.id}/info`,
      content: `${baseUrl}/media/${media.id}`,
    },
  };
}
