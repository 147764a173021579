import type { NextFunction, Request, Response } from 'express';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge, Histogram } from 'prom-client';

const REQUESTS = 'whisper_http_requests_total';
const ERRORS = 'whisper_http_request_errors_total';
const DURATION = 'whisper_http_request_duration_seconds';
const IN_PROGRESS = 'whisper_http_requests_in_progress';

export const HTTP_METRICS = [
  makeCounterProvider({
    name: REQUESTS,
    help: 'Answered HTTP requests',
    labelNames: ['method', 'endpoint', 'status_code'],
  }),
  makeCounterProvider({
    name: ERRORS,
    help: 'HTTP requests that were answered with a status of 400 or more',
    labelNames: ['method', 'endpoint', 'status_code'],
  }),
  makeHistogramProvider({
    name: DURATION,
    help: 'Time from the arrival of a request to the end of its answer, without those that were asked to wait',
    labelNames: ['method', 'endpoint'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
  }),
  makeGaugeProvider({ name: IN_PROGRESS, help: 'HTTP requests that are being answered' }),
];

/** Methods beyond these are counted as one, so that no client can invent label values. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts and times every request by the template of its route, never by its path: ids in labels would grow without bound. */
@Injectable()
export class HttpMetricsMiddleware implements NestMiddleware {
  constructor(
    @InjectMetric(REQUESTS) private readonly requests: Counter,
    @InjectMetric(ERRORS) private readonly errors: Counter,
    @InjectMetric(DURATION) private readonly duration: Histogram,
    @InjectMetric(IN_PROGRESS) private readonly inProgress: Gauge,
  ) {}

  use(request: Request, response: Response, next: NextFunction): void {
    const stopTimer = this.duration.startTimer();
    this.inProgress.inc();
    response.once('close', () => {
      const method = METHODS.has(request.method) ? request.method : 'other';
      const endpoint = routeTemplate(request);
      // A client that hung up never saw the status; 499 is what proxies call that.
      const status = response.writableFinished || isEventStream(response) ? response.statusCode : 499;
      const labels = { method, endpoint, status_code: status };
      this.inProgress.dec();
      this.requests.inc(labels);
      if (status >= 400) this.errors.inc(labels);
      // How long it took is what the client had asked for (RFC 7240).
      if (!response.hasHeader('preference-applied')) stopTimer({ method, endpoint });
    });
    next();
  }
}

/** One that has begun: to hang up is how it ends. */
function isEventStream(response: Response): boolean {
  const type = response.getHeader('content-type');
  return response.headersSent && typeof type === 'string' && type.startsWith('text/event-stream');
}

function routeTemplate(request: Request): string {
  const { route } = request as { route?: { path?: unknown } };
  const path = route?.path;
  // The middleware of Nest itself is mounted on a wildcard, which says nothing about where a request went.
  return typeof path === 'string' && !path.includes('*') ? path : 'unmatched';
}
