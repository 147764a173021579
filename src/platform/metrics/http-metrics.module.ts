import { Global, Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { HTTP_METRICS, HttpMetricsMiddleware } from './http-metrics.js';

/** Of API processes only: an alert knows by these series that there is one, and others answer nothing but probes. Global, so that it counts before anything refuses. */
@Global()
@Module({ providers: HTTP_METRICS })
export class HttpMetricsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(HttpMetricsMiddleware).forRoutes('{*path}');
  }
}
