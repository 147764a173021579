import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { PartState, SystemHealth } from './system-health.service.js';

@ApiSchema({ name: 'PartHealth' })
class PartHealthDto {
  @ApiProperty({ example: 'database', description: 'database, queue, storage, disk, model or worker' })
  name!: string;

  @ApiProperty({ enum: ['up', 'down'] })
  state!: PartState;

  @ApiProperty({
    format: 'date-time',
    description: 'Since when this process has seen it so; it looks whenever somebody asks here',
  })
  since!: string;
}

@ApiSchema({ name: 'Versions' })
class VersionsDto {
  @ApiProperty({ example: '0.1.0' })
  service!: string;

  @ApiProperty({ example: '24.3.0' })
  node!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null while it does not answer' })
  database!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null without Redis, or while it does not answer',
  })
  redis!: string | null;
}

@ApiSchema({ name: 'SystemHealth' })
export class SystemHealthDto {
  @ApiProperty({ enum: ['up', 'down'], description: 'up when all parts are' })
  state!: PartState;

  @ApiProperty({ type: [PartHealthDto] })
  parts!: PartHealthDto[];

  @ApiProperty({ type: VersionsDto })
  versions!: VersionsDto;

  @ApiProperty({ type: 'integer', description: 'Of the process that answers' })
  uptime_seconds!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'That this process has in use, without engines; null where the system does not tell',
  })
  memory_bytes!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Free where recordings lie; null where the store does not tell',
  })
  free_disk_bytes!: number | null;
}

export function toSystemHealthDto(health: SystemHealth): SystemHealthDto {
  const { parts, versions } = health;
  return {
    state: parts.every(({ state }) => state === 'up') ? 'up' : 'down',
    parts: parts.map(({ name, state, since }) => ({ name, state, since: since.toISOString() })),
    versions: {
      service: versions.service,
      node: versions.node,
      database: versions.database,
      redis: versions.redis,
    },
    uptime_seconds: health.uptimeSeconds,
    memory_bytes: health.memoryBytes,
    free_disk_bytes: health.freeDiskBytes,
  };
}
