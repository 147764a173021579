import { BullModule, getQueueToken } from '@nestjs/bull';
import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Queue } from 'bull';
import type { AppConfig } from '../../platform/config/app-config.js';
import { CallConnections, callQueueOptions } from './adapters/call-connections.js';

const NAME = 'calls';

/** The Bull queue that carries calls to workers; null with the embedded driver. */
export const CALL_QUEUE = getQueueToken(NAME);

/** The queue connects as soon as it exists: so it exists only where the settings choose it, and once in a process. */
@Global()
@Module({})
export class CallQueueModule implements OnApplicationShutdown {
  constructor(
    @Inject(CALL_QUEUE) private readonly queue: Queue | null,
    private readonly connections: CallConnections,
  ) {}

  static register({ queue, redis }: AppConfig): DynamicModule {
    const connections = new CallConnections(redis);
    const common = {
      module: CallQueueModule,
      providers: [{ provide: CallConnections, useValue: connections }],
    };
    return queue.driver === 'bull'
      ? {
          ...common,
          imports: [BullModule.registerQueue({ name: NAME, ...callQueueOptions(connections) })],
          exports: [BullModule],
        }
      : {
          ...common,
          providers: [...common.providers, { provide: CALL_QUEUE, useValue: null }],
          exports: [CALL_QUEUE],
        };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.queue?.close();
    this.connections.close();
  }
}
