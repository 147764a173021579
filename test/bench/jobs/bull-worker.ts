/** The worker process of the benchmark on Bull: works until whoever started it hangs up. */
import { Logger } from '@nestjs/common';
import type { RedisAddress } from '../../support/redis-server.js';
import { workWithoutEngine } from './bench-room.js';
import { openBullProcess, WORKERS } from './queue-rooms.js';

Logger.overrideLogger(false);

const { BENCH_DATABASE: databaseUrl = '', BENCH_REDIS: redis = '' } = process.env;
const bench = await openBullProcess(databaseUrl, JSON.parse(redis) as RedisAddress);
bench.room.queue.consume((claim) => workWithoutEngine(bench.room, claim), WORKERS);
process.once('disconnect', () => void bench.close());
process.send?.('ready');
