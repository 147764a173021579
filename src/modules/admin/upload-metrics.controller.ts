import { Controller, Get, Header, Headers, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { APP_CONFIG, type AppConfig } from '../../platform/config/app-config.js';
import { AppError } from '../../platform/errors/app-error.js';
import { OpenToAll } from '../../platform/http/open-to-all.decorator.js';
import { ApiProblems } from '../../platform/openapi/problem-responses.js';
import { isSameSecret } from '../../platform/runtime/same-secret.js';
import { UploadFiguresService } from '../uploads/figures/upload-figures.service.js';
import { toUploadMetricsDto, UploadMetricsDto } from './dto/upload-metrics.response.dto.js';

/** Opened by a token of its own, which programs get that watch the service: they are no users. */
@ApiTags('Admin')
@OpenToAll()
@Controller('admin/uploads')
export class UploadMetricsController {
  constructor(
    private readonly figures: UploadFiguresService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  @Get('metrics')
  @Header('cache-control', 'no-store')
  @ApiSecurity('admin_metrics')
  @ApiOperation({
    summary: 'Figures of the uploads of all users',
    description: 'For whoever has ADMIN_METRICS_TOKEN; nothing else is asked for.',
    operationId: 'getUploadMetrics',
  })
  @ApiOkResponse({ type: UploadMetricsDto })
  @ApiProblems('metrics_forbidden', 'admin_metrics_closed', 'rate_limited', 'database_unavailable')
  async read(@Headers('x-admin-token') token: string | undefined): Promise<UploadMetricsDto> {
    this.assertAllowed(token ?? '');
    return toUploadMetricsDto(await this.figures.read(), this.config.uploads.maxBytes);
  }

  private assertAllowed(token: string): void {
    const { adminToken } = this.config.metrics;
    if (adminToken === null)
      throw new AppError('admin_metrics_closed', 'Set ADMIN_METRICS_TOKEN to open these figures.');
    if (!isSameSecret(token, adminToken))
      throw new AppError('metrics_forbidden', 'Send the token of these figures as "X-Admin-Token: TOKEN".');
  }
}
