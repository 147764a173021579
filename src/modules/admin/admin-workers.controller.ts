import { Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../auth/access/access.decorator.js';
import type { KnownActor } from '../auth/access/actor.view.js';
import { CurrentActor } from '../auth/access/current-actor.decorator.js';
import { QueueFiguresService } from '../jobs/figures/queue-figures.service.js';
import { WorkersService } from '../jobs/workers/workers.service.js';
import { QueueDto, toQueueDto } from './dto/queue.response.dto.js';
import { toWorkerDto, WorkerDto, WorkerListDto } from './dto/worker.response.dto.js';

@ApiTags('Workers')
@Controller('admin')
export class AdminWorkersController {
  constructor(
    private readonly workers: WorkersService,
    private readonly figures: QueueFiguresService,
  ) {}

  @Get('queue')
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What waits, what is done, and how fast', operationId: 'getQueue' })
  @ApiOkResponse({ type: QueueDto })
  async readQueue(): Promise<QueueDto> {
    return toQueueDto({
      counts: await this.figures.readCounts(),
      lastHour: await this.figures.readThroughput(),
      current: await this.figures.listCurrent(),
    });
  }

  @Get('workers')
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List the processes that work on jobs', operationId: 'listWorkers' })
  @ApiOkResponse({ type: WorkerListDto })
  async list(): Promise<WorkerListDto> {
    return { workers: (await this.workers.list()).map(toWorkerDto) };
  }

  @Post('workers/:id/pause')
  @RequiresScope('admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Have a worker take no more jobs for now', operationId: 'pauseWorker' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: WorkerDto, description: 'It hears of it within a second or two' })
  @ApiProblems('worker_not_found', 'malformed_request')
  async pause(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<WorkerDto> {
    return toWorkerDto(await this.workers.want(actor, id, 'paused'));
  }

  @Post('workers/:id/resume')
  @RequiresScope('admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Have a worker take jobs again', operationId: 'resumeWorker' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: WorkerDto, description: 'It hears of it within a second or two' })
  @ApiProblems('worker_not_found', 'malformed_request')
  async resume(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<WorkerDto> {
    return toWorkerDto(await this.workers.want(actor, id, 'active'));
  }

  @Post('workers/:id/drain')
  @RequiresScope('admin')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Have a worker finish what it has and take no more, so that it can be stopped',
    operationId: 'drainWorker',
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: WorkerDto, description: 'It hears of it within a second or two' })
  @ApiProblems('worker_not_found', 'malformed_request')
  async drain(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<WorkerDto> {
    return toWorkerDto(await this.workers.want(actor, id, 'drained'));
  }
}
