import { Global, Module, type OnModuleDestroy } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { register } from 'prom-client';
import { RedisModule } from '../redis/redis.module.js';
import { BackupMetrics } from './backup-metrics.js';
import { DatabaseMetrics } from './database-metrics.js';
import { LastBackup } from './last-backup.entity.js';
import { MetricsController, SCRAPE_METRICS } from './metrics.controller.js';
import { ResourceMetrics } from './resource-metrics.js';

export const METRICS_ENTITIES = [LastBackup];

@Global()
@Module({
  imports: [RedisModule, PrometheusModule.register({ controller: MetricsController, path: 'metrics' })],
  providers: [...SCRAPE_METRICS, BackupMetrics, DatabaseMetrics, ResourceMetrics],
  exports: [PrometheusModule, ...SCRAPE_METRICS],
})
export class MetricsModule implements OnModuleDestroy {
  /** The registry belongs to the process; a second application in it must find it empty. */
  onModuleDestroy(): void {
    register.clear();
  }
}
