import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { VoiceView } from '../voice.view.js';

@ApiSchema({ name: 'Voice' })
export class VoiceDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'Elinor Dashwood' })
  name!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When a job last looked for it; null: none has',
  })
  last_used_at!: string | null;
}

@ApiSchema({ name: 'VoiceList' })
export class VoiceListDto {
  @ApiProperty({ type: [VoiceDto], description: 'Oldest first' })
  voices!: VoiceDto[];
}

export function toVoiceDto({ id, name, createdAt, lastUsedAt }: VoiceView): VoiceDto {
  return { id, name, created_at: createdAt.toISOString(), last_used_at: lastUsedAt?.toISOString() ?? null };
}
