import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import { SystemHealthDto, toSystemHealthDto } from './system-health.response.dto.js';
import { SystemHealthService } from './system-health.service.js';

@ApiTags('Overview')
@Controller('admin/health')
export class SystemHealthController {
  constructor(private readonly health: SystemHealthService) {}

  @Get()
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'How the service and what it needs are doing',
    description: 'It is 200 whatever the state; probes ask `/health/readyz`.',
    operationId: 'getSystemHealth',
  })
  @ApiOkResponse({ type: SystemHealthDto })
  async read(): Promise<SystemHealthDto> {
    return toSystemHealthDto(await this.health.read());
  }
}
