import Bull from 'bull';
import { CallConnections, callQueueOptions } from '../../src/modules/jobs/adapters/call-connections.js';
import { BullJobQueue } from '../../src/modules/jobs/adapters/bull.job-queue.js';
import type { ClaimSource } from '../../src/modules/jobs/adapters/claim-source.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import type { RedisAddress } from './redis-server.js';

export interface OpenBullQueue {
  readonly queue: BullJobQueue;
  readonly close: () => Promise<void>;
}

/** The queue as one process has it, with connections of its own. */
export function openBullQueue({ url, password }: RedisAddress, source: ClaimSource): OpenBullQueue {
  const connections = new CallConnections({ url, password });
  const bull = new Bull('calls', callQueueOptions(connections));
  return {
    queue: new BullJobQueue(bull, source, new SystemClock()),
    close: async () => {
      await bull.close();
      connections.close();
    },
  };
}
