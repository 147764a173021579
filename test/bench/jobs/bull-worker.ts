/** The worker process of the benchmark on Bull: works until whoever started it hangs up. */
import { Logger } from '@nestjs/common';
import type { RedisAddress } from '../../support/redis-server.js';
import { workWithoutEngine } from './bench-room.js';
import { openBullProcess, WORKERS } from './queue-rooms.js';

Logger.overrideLogger(false);

const { BENCH_DATABASE: url = '', BENCH_REDIS: redis = '' } = process.env;
const database = { url, close: () => Promise.resolve() };
const bench = await openBullProcess(database, JSON.parse(redis) as RedisAddress, { isFirst: false });
const { room } = bench.jobs;
room.queue.consume((claim) => workWithoutEngine(room, claim), WORKERS);
process.once('disconnect', () => void bench.close());
process.send?.('ready');
