import { Controller, Get, Header, Inject, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Request, Response } from 'express';
import { register, type Gauge } from 'prom-client';
import { APP_CONFIG, type AppConfig } from '../config/app-config.js';
import { AppError } from '../errors/app-error.js';
import { ApiProblems } from '../openapi/problem-responses.js';
import { OpenToAll } from '../http/open-to-all.decorator.js';
import { isSameSecret } from '../runtime/same-secret.js';
import { Unlimited } from '../rate-limit/unlimited.decorator.js';

const LAST_SCRAPE = 'whisper_metrics_last_scrape_timestamp';

export const SCRAPE_METRICS = [
  makeGaugeProvider({
    name: LAST_SCRAPE,
    help: 'When the metrics were last asked for, in seconds since 1970',
  }),
];

@ApiTags('Operations')
@OpenToAll()
@Unlimited()
@Controller('metrics')
export class MetricsController {
  constructor(
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    @InjectMetric(LAST_SCRAPE) private readonly lastScrape: Gauge,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiBearerAuth('metrics')
  @ApiOperation({ summary: 'Prometheus metrics', operationId: 'getMetrics' })
  @ApiProblems('metrics_forbidden')
  @ApiOkResponse({
    description: 'Prometheus text format',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  async scrape(@Req() request: Request, @Res() response: Response): Promise<void> {
    this.assertAllowed(request.headers.authorization);
    this.lastScrape.setToCurrentTime();
    response.setHeader('content-type', register.contentType);
    response.send(await register.metrics());
  }

  private assertAllowed(authorization: string | undefined): void {
    const { token } = this.config.metrics;
    if (token !== null && !isSameSecret(authorization ?? '', `Bearer ${token}`)) {
      throw new AppError('metrics_forbidden', 'Send the metrics token as "Authorization: Bearer TOKEN".');
    }
  }
}
