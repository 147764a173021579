import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsInt, Max, Min, ValidateIf } from 'class-validator';
import { MOST_DAYS, type KeptDays } from '../../../../../platform/config/media-retention.js';
import { RETENTION_POLICIES, type RetentionPolicy } from './media-retention.response.dto.js';

@ApiSchema({ name: 'MediaRetentionChange' })
export class SetMediaRetentionDto {
  @ApiProperty({ enum: RETENTION_POLICIES, enumName: 'RetentionPolicy' })
  @IsIn(RETENTION_POLICIES)
  policy!: RetentionPolicy;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_DAYS,
    description: 'With `days`: how many; else it does not matter',
  })
  @ValidateIf(({ policy }: SetMediaRetentionDto) => policy === 'days')
  @IsInt()
  @Min(1)
  @Max(MOST_DAYS)
  days?: number;
}

export function toKeptDays({ policy, days }: SetMediaRetentionDto): KeptDays {
  return { keep: null, after_job: 0, days: days ?? null }[policy];
}
