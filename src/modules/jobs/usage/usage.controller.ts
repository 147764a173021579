import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import { CurrentPrincipal } from '../../auth/access/current-principal.decorator.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { toUsageDto, UsageDto } from './dto/usage.response.dto.js';
import { UsageService } from './usage.service.js';

@ApiTags('Jobs')
@Controller('usage')
export class UsageController {
  constructor(private readonly usage: UsageService) {}

  @Get()
  @RequiresScope('read', 'transcribe')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Read what you have used, and how much there is', operationId: 'getUsage' })
  @ApiOkResponse({ type: UsageDto })
  async get(@CurrentPrincipal() principal: Principal): Promise<UsageDto> {
    return toUsageDto(await this.usage.get(principal));
  }
}
