import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsInt, Max, Min, ValidateIf } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import type { OwnQuotas } from '../../auth/users/user.view.js';

/** What the column takes. */
const MOST = 2 ** 31 - 1;

function Quota(what: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'integer',
      nullable: true,
      minimum: 0,
      maximum: MOST,
      description: `${what}. 0: no limit; null: as the setting says`,
    }),
    ValidateIf((_, value) => value !== null),
    IsInt(),
    Min(0),
    Max(MOST),
  );
}

@ApiSchema({ name: 'UserQuotas' })
export class UserQuotasDto {
  @Quota('Jobs that may be waiting or in work at the same time')
  max_active_jobs!: number | null;

  @Quota('Minutes of audio in a day (UTC)')
  max_audio_minutes_per_day!: number | null;

  @Quota('What recordings may take, in MiB')
  storage_quota_mb!: number | null;
}

export function toUserQuotasDto(quotas: OwnQuotas): UserQuotasDto {
  return {
    max_active_jobs: quotas.maxActiveJobs,
    max_audio_minutes_per_day: quotas.maxAudioMinutesPerDay,
    storage_quota_mb: quotas.storageQuotaMb,
  };
}

export function toOwnQuotas(dto: UserQuotasDto): OwnQuotas {
  return {
    maxActiveJobs: dto.max_active_jobs,
    maxAudioMinutesPerDay: dto.max_audio_minutes_per_day,
    storageQuotaMb: dto.storage_quota_mb,
  };
}
