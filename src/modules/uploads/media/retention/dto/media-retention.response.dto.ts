import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { KeptDays } from '../../../../../platform/config/media-retention.js';

export const RETENTION_POLICIES = ['keep', 'after_job', 'days'] as const;
export type RetentionPolicy = (typeof RETENTION_POLICIES)[number];

@ApiSchema({ name: 'RetentionLimit' })
class RetentionLimitDto {
  @ApiProperty({
    enum: RETENTION_POLICIES,
    enumName: 'RetentionPolicy',
    description:
      '`keep`: for good; `after_job`: until the jobs of a recording have ended; `days`: so many days',
  })
  policy!: RetentionPolicy;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null but for `days`' })
  days!: number | null;
}

@ApiSchema({ name: 'MediaRetention' })
export class MediaRetentionDto extends RetentionLimitDto {
  @ApiProperty({ type: RetentionLimitDto, description: 'The longest that the service allows' })
  longest!: RetentionLimitDto;
}

export function toMediaRetentionDto(keptDays: KeptDays, longest: KeptDays): MediaRetentionDto {
  return { ...toPolicy(keptDays), longest: toPolicy(longest) };
}

function toPolicy(keptDays: KeptDays): Pick<MediaRetentionDto, 'policy' | 'days'> {
  if (keptDays === null) return { policy: 'keep', days: null };
  return keptDays === 0 ? { policy: 'after_job', days: null } : { policy: 'days', days: keptDays };
}
