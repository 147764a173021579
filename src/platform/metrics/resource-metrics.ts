import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Counter, Gauge } from 'prom-client';
import { APP_CONFIG, type AppConfig } from '../config/app-config.js';
import { REDIS } from '../redis/redis.module.js';
import { readMemoryUse } from './memory-use.js';
import { addReadGauge } from './read-gauge.js';

type Reading = () => Promise<Readonly<Record<string, number>>>;

interface ProcessorTimes {
  readonly busy: number;
  readonly all: number;
}

/** How much of the machine, of its disk and of Redis is in use. */
@Injectable()
export class ResourceMetrics {
  private readonly errors = new Counter({
    name: 'whisper_resource_errors_total',
    help: 'Resources that could not be looked at',
    labelNames: ['resource', 'kind'],
  });
  private lastTimes = processorTimes();

  constructor(
    @Inject(APP_CONFIG) { dataDir, uploads }: AppConfig,
    @Inject(REDIS) private readonly redis: Redis | null,
  ) {
    const reserved = { name: 'whisper_disk_reserved_bytes', help: 'Space that uploads leave free' };
    new Gauge(reserved).set(uploads.minFreeBytes);
    for (const resource of ['disk', 'redis']) this.errors.inc({ resource, kind: 'collection' }, 0);
    const memory = once(async () => ({ memory: await readMemoryUse() }));
    const disk = once(() => this.guarded('disk', () => readDisk(dataDir)));
    const server = once(() => this.guarded('redis', () => this.readRedis()));
    this.addRatios('whisper_resource_utilization_ratio', 'Part of a resource that is in use', async () => ({
      cpu: this.readProcessors(),
      ...(await memory()),
      ...pick(await disk(), { disk: 'ratio' }),
      ...pick(await server(), { redis_memory: 'memory' }),
    }));
    this.addRatios('whisper_resource_saturation_ratio', 'How near a resource is to its end', async () => ({
      cpu: Math.min(1, (loadavg()[0] ?? 0) / availableParallelism()),
      ...(await memory()),
      ...pick(await disk(), { disk: 'ratio' }),
      ...pick(await server(), { redis_connections: 'connections' }),
    }));
    addReadGauge(
      { name: 'whisper_disk_free_bytes', help: 'Free space on the disk of DATA_DIR' },
      async () => {
        const { free } = await disk();
        return (gauge) => {
          if (free !== undefined) gauge.set(free);
        };
      },
    );
  }

  private addRatios(name: string, help: string, read: Reading): void {
    addReadGauge({ name, help, labelNames: ['resource'] }, async () => {
      const ratios = await read();
      return (gauge) => {
        for (const [resource, ratio] of Object.entries(ratios)) gauge.set({ resource }, ratio);
      };
    });
  }

  /** Since it was last asked. */
  private readProcessors(): number {
    const now = processorTimes();
    const all = now.all - this.lastTimes.all;
    const ratio = all === 0 ? 0 : (now.busy - this.lastTimes.busy) / all;
    this.lastTimes = now;
    return ratio;
  }

  private async guarded(resource: string, read: Reading): ReturnType<Reading> {
    try {
      return await read();
    } catch {
      this.errors.inc({ resource, kind: 'collection' });
      return {};
    }
  }

  /** Memory only where the server has a limit. */
  private async readRedis(): ReturnType<Reading> {
    if (this.redis === null) return {};
    const text = await this.redis.info();
    const read = (field: string): number => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(text)?.[1] ?? 0);
    const [limit, most] = [read('maxmemory'), read('maxclients')];
    return {
      ...(limit > 0 && { memory: read('used_memory') / limit }),
      ...(most > 0 && { connections: read('connected_clients') / most }),
    };
  }
}

function processorTimes(): ProcessorTimes {
  const times = cpus().map((cpu) => cpu.times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { all, busy: all - times.reduce((sum, { idle }) => sum + idle, 0) };
}

async function readDisk(folder: string): ReturnType<Reading> {
  const { blocks, bfree, bavail, bsize } = await statfs(folder);
  const used = blocks - bfree;
  return { ratio: used + bavail === 0 ? 0 : used / (used + bavail), free: bavail * bsize };
}

/** Those who ask at the same time get one reading. */
function once(read: Reading): Reading {
  let reading: ReturnType<Reading> | null = null;
  return () => {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };
}

function pick(
  figures: Readonly<Record<string, number>>,
  names: Readonly<Record<string, string>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([to, from]) => (figures[from] === undefined ? [] : [[to, figures[from]]])),
  );
}
