import {
  applyDecorators,
  Controller,
  Get,
  Header,
  Inject,
  Query,
  ServiceUnavailableException,
} from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiSchema,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { DatabaseIndicator } from '../../platform/database/database.indicator.js';
import { AppError } from '../../platform/errors/app-error.js';
import { OpenToAll } from '../../platform/http/open-to-all.decorator.js';
import { Unlimited } from '../../platform/rate-limit/unlimited.decorator.js';
import { ApiProblems } from '../../platform/openapi/problem-responses.js';
import { readBuildInfo } from '../../platform/runtime/build-info.js';
import { SERVICE_VERSION } from '../../platform/runtime/service-version.js';
import { Shutdown } from '../../platform/runtime/shutdown.js';
import { ModelIndicator } from '../transcription/models/model.indicator.js';
import { ReadinessIndicator } from '../transcription/readiness.indicator.js';
import { ReadinessQueryDto } from './readiness.query.dto.js';

@ApiSchema({ name: 'Liveness' })
class AliveDto {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

@ApiSchema({ name: 'Readiness' })
class ReadinessDto {
  @ApiProperty({ enum: ['ok', 'error', 'shutting_down'] })
  status!: string;

  @ApiProperty({
    type: 'object',
    description: 'The parts that work',
    additionalProperties: { type: 'object' },
  })
  info!: object;

  @ApiProperty({
    type: 'object',
    description: 'The parts that do not, with a reason',
    additionalProperties: { type: 'object' },
  })
  error!: object;

  @ApiProperty({
    type: 'object',
    description: 'All parts that were asked for: database, queue, storage, disk, model, worker',
    additionalProperties: { type: 'object' },
  })
  details!: object;
}

@ApiSchema({ name: 'Version' })
class VersionDto {
  @ApiProperty({ example: SERVICE_VERSION })
  version!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What `git describe` said of the sources of the image',
  })
  build_version!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Their commit' })
  build_sha!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'When the image was built (UTC)' })
  build_date!: string | null;
}

function ApiLiveness(operationId: string): MethodDecorator {
  return applyDecorators(
    Header('cache-control', 'no-store'),
    ApiOperation({ summary: 'Whether the process lives; asks nothing else', operationId }),
    ApiOkResponse({ type: AliveDto }),
  );
}

function ApiReadiness(operationId: string): MethodDecorator {
  return applyDecorators(
    HealthCheck({ swaggerDocumentation: false }),
    ApiOperation({ summary: 'Whether database, queue, storage, disk, model and worker work', operationId }),
    ApiOkResponse({ type: ReadinessDto, description: 'All of them work' }),
    ApiServiceUnavailableResponse({ type: ReadinessDto, description: 'One does not; `error` names it' }),
    ApiProblems('validation_failed'),
  );
}

function ApiStartup(operationId: string): MethodDecorator {
  return applyDecorators(
    HealthCheck({ swaggerDocumentation: false }),
    ApiOperation({
      summary: 'Whether the process has started: its model was loaded once',
      description:
        'What is away later, or serves several processes, does not count: a restart would not bring it back.',
      operationId,
    }),
    ApiOkResponse({ type: ReadinessDto, description: 'It has started, whatever became of it since' }),
    ApiServiceUnavailableResponse({ type: ReadinessDto, description: 'The model is still being loaded' }),
  );
}

function versionOf(buildInfoFile: string): VersionDto {
  const { version, sha, date } = readBuildInfo(buildInfoFile);
  return { version: SERVICE_VERSION, build_version: version, build_sha: sha, build_date: date };
}

const DRAINING: ReadinessDto = { status: 'shutting_down', info: {}, error: {}, details: {} };

const ALIVE: AliveDto = { status: 'ok' };

/** For probes. None of the answers names a host, a path or a secret. */
@ApiTags('Operations')
@OpenToAll()
@Unlimited()
@Controller()
export class HealthController {
  private readonly version: VersionDto;
  private started: HealthCheckResult | undefined;

  constructor(
    @Inject(APP_CONFIG) config: AppConfig,
    private readonly health: HealthCheckService,
    private readonly shutdown: Shutdown,
    private readonly database: DatabaseIndicator,
    private readonly model: ModelIndicator,
    private readonly parts: ReadinessIndicator,
  ) {
    this.version = versionOf(config.buildInfoFile);
  }

  @Get('health')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether the service and its database can be reached', operationId: 'getHealth' })
  @ApiOkResponse({ type: AliveDto })
  @ApiProblems('database_unavailable')
  async getHealth(): Promise<AliveDto> {
    const { database } = await this.database.check();
    if (database?.status !== 'up')
      throw new AppError('database_unavailable', 'The database does not answer.', { retryAfter: 5 });
    return ALIVE;
  }

  @Get('health/livez')
  @ApiLiveness('getLiveness')
  getLiveness(): AliveDto {
    return ALIVE;
  }

  @Get('livez')
  @ApiLiveness('getLivez')
  getLivez(): AliveDto {
    return ALIVE;
  }

  @Get('health/readyz')
  @ApiReadiness('getReadiness')
  getReadiness(@Query() query: ReadinessQueryDto): Promise<HealthCheckResult> {
    return this.checkReadiness(query);
  }

  @Get('readyz')
  @ApiReadiness('getReadyz')
  getReadyz(@Query() query: ReadinessQueryDto): Promise<HealthCheckResult> {
    return this.checkReadiness(query);
  }

  @Get('health/startupz')
  @ApiStartup('getStartup')
  getStartup(): Promise<HealthCheckResult> {
    return this.checkStart();
  }

  @Get('startupz')
  @ApiStartup('getStartupz')
  getStartupz(): Promise<HealthCheckResult> {
    return this.checkStart();
  }

  @Get('version')
  @ApiOperation({
    summary: 'Version of the service, and what its image was built from',
    operationId: 'getVersion',
  })
  @ApiOkResponse({ type: VersionDto })
  getVersion(): VersionDto {
    return this.version;
  }

  private checkReadiness({ exclude }: ReadinessQueryDto): Promise<HealthCheckResult> {
    if (this.shutdown.leaving) throw new ServiceUnavailableException(DRAINING);
    return this.health.check(this.parts.checksBut(exclude));
  }

  private async checkStart(): Promise<HealthCheckResult> {
    this.started ??= await this.health.check([() => this.model.check()]);
    return this.started;
  }
}
