import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { WORKER_STATES, type WorkerView } from '../../jobs/workers/worker.view.js';

const SHOWN_STATES = [...WORKER_STATES, 'gone'] as const;

@ApiSchema({ name: 'Worker' })
export class WorkerDto {
  @ApiProperty({ format: 'uuid', description: 'Another one after each start' })
  id!: string;

  @ApiProperty({ description: 'Machine and process', example: 'worker-7d9f:1' })
  name!: string;

  @ApiProperty({ description: 'Of the service that it runs', example: '0.1.0' })
  version!: string;

  @ApiProperty({ enum: ['embedded', 'bull'], description: 'How it hears of jobs' })
  driver!: string;

  @ApiProperty({
    enum: SHOWN_STATES,
    enumName: 'WorkerState',
    description:
      'paused: takes no jobs; draining: takes none and works on what it has; drained: has none left and may be stopped; gone: not heard of for a while',
  })
  state!: string;

  @ApiProperty({ enum: ['active', 'paused', 'drained'], description: 'What it was told to be' })
  wanted_state!: string;

  @ApiProperty({ type: 'integer', description: 'Jobs that it works on at the same time' })
  concurrency!: number;

  @ApiProperty({ type: String, nullable: true, description: 'That it used last', example: 'base' })
  model!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'That it and its engines have in use; null where the system does not tell',
  })
  memory_bytes!: number | null;

  @ApiProperty({ type: [String], description: 'Jobs that it works on' })
  job_ids!: string[];

  @ApiProperty({ format: 'date-time' })
  started_at!: string;

  @ApiProperty({ format: 'date-time' })
  seen_at!: string;
}

@ApiSchema({ name: 'WorkerList' })
export class WorkerListDto {
  @ApiProperty({ type: [WorkerDto], description: 'By their start' })
  workers!: WorkerDto[];
}

export function toWorkerDto(worker: WorkerView): WorkerDto {
  const { id, name, version, driver, state, wanted, concurrency, model, memoryBytes, jobIds } = worker;
  return {
    id,
    name,
    version,
    driver,
    state,
    wanted_state: wanted,
    concurrency,
    model,
    memory_bytes: memoryBytes,
    job_ids: [...jobIds],
    started_at: worker.startedAt.toISOString(),
    seen_at: worker.seenAt.toISOString(),
  };
}
