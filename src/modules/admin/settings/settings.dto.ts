import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsObject } from 'class-validator';
import { CHANGEABLE_SETTINGS, type ChangeableSetting } from '../../../platform/config/changeable-settings.js';
import type { Setting } from '../../../platform/config/setting.js';
import { SETTINGS } from '../../../platform/config/settings.js';
import { OwnerDto } from '../dto/owner.response.dto.js';
import type { AdministeredSetting } from './settings-administration.service.js';

@ApiSchema({ name: 'SettingChanges' })
export class SettingChangesDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', nullable: true },
    description: 'By name, as they are written in the environment; null: back to the start value',
    example: { MAX_ACTIVE_JOBS_PER_USER: '50', LOG_LEVEL: null },
  })
  @IsObject()
  values!: Record<string, unknown>;
}

@ApiSchema({ name: 'Setting' })
export class SettingDto {
  @ApiProperty({ enum: CHANGEABLE_SETTINGS, enumName: 'SettingName' })
  name!: ChangeableSetting;

  @ApiProperty({ description: 'What it is for' })
  description!: string;

  @ApiProperty({ description: 'In force, as it is written in the environment', example: '50' })
  value!: string;

  @ApiProperty({ description: 'Of the environment of the process that answers', example: '500' })
  start_value!: string;

  @ApiProperty({ type: [String], nullable: true, description: 'All that it may be; null: any, or numbers' })
  choices!: string[] | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Of a whole number; null: it is none' })
  minimum!: number | null;

  @ApiProperty({ type: 'integer', nullable: true })
  maximum!: number | null;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Null: it has its start value',
  })
  changed_at!: string | null;

  @ApiProperty({ type: OwnerDto, nullable: true, description: 'Null: nobody, or who is gone' })
  changed_by!: OwnerDto | null;
}

@ApiSchema({ name: 'SettingList' })
export class SettingListDto {
  @ApiProperty({ type: [SettingDto], description: 'Those that can be changed while the service runs' })
  settings!: SettingDto[];
}

export function toSettingListDto(settings: readonly AdministeredSetting[]): SettingListDto {
  return { settings: settings.map(toSettingDto) };
}

function toSettingDto({ name, value, startValue, change, changedByName }: AdministeredSetting): SettingDto {
  const { describe, choices, minimum, maximum }: Setting<unknown> = SETTINGS[name];
  const changedBy = change?.changedBy ?? null;
  return {
    name,
    description: describe,
    value,
    start_value: startValue,
    choices: choices === undefined ? null : [...choices],
    minimum: minimum ?? null,
    maximum: maximum ?? null,
    changed_at: change?.changedAt.toISOString() ?? null,
    changed_by: changedBy === null ? null : { id: changedBy, username: changedByName ?? '' },
  };
}
