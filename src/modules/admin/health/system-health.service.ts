import { Inject, Injectable } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import type { Redis } from 'ioredis';
import { DatabaseIndicator } from '../../../platform/database/database.indicator.js';
import { REDIS } from '../../../platform/redis/redis.module.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { readResidentBytes } from '../../../platform/runtime/process-memory.js';
import { SERVICE_VERSION } from '../../../platform/runtime/service-version.js';
import { ReadinessIndicator } from '../../transcription/readiness.indicator.js';
import { InventoryService } from '../../uploads/figures/inventory.service.js';

export type PartState = 'up' | 'down';

export interface PartHealth {
  readonly name: string;
  readonly state: PartState;
  /** Since when this process has seen it so. */
  readonly since: Date;
}

export interface SystemHealth {
  readonly parts: readonly PartHealth[];
  /** Null: it is not used, or does not answer. */
  readonly versions: {
    readonly service: string;
    readonly node: string;
    readonly database: string | null;
    readonly redis: string | null;
  };
  readonly uptimeSeconds: number;
  /** Null where the system does not tell. */
  readonly memoryBytes: number | null;
  readonly freeDiskBytes: number | null;
}

/** How the process that answers, and what it needs, are doing. */
@Injectable()
export class SystemHealthService {
  private readonly seen = new Map<string, PartHealth>();

  constructor(
    private readonly database: DatabaseIndicator,
    private readonly parts: ReadinessIndicator,
    private readonly inventory: InventoryService,
    @Inject(REDIS) private readonly redis: Redis | null,
    private readonly clock: Clock,
  ) {}

  /** Throws nothing: what does not answer is told of as that. */
  async read(): Promise<SystemHealth> {
    const results = await this.parts.checkAll();
    return {
      parts: results.flatMap((result) => this.note(result)),
      versions: {
        service: SERVICE_VERSION,
        node: process.versions.node,
        database: await orNull(() => this.database.readVersion()),
        redis: await orNull(() => this.readRedisVersion()),
      },
      uptimeSeconds: Math.floor(process.uptime()),
      memoryBytes: readResidentBytes(process.pid),
      freeDiskBytes: await orNull(() => this.inventory.readFreeBytes()),
    };
  }

  private note(result: HealthIndicatorResult): PartHealth[] {
    return Object.entries(result).map(([name, { status }]) => {
      const state: PartState = status === 'up' ? 'up' : 'down';
      const before = this.seen.get(name);
      const part = before?.state === state ? before : { name, state, since: this.clock.now() };
      this.seen.set(name, part);
      return part;
    });
  }

  private async readRedisVersion(): Promise<string | null> {
    const info = (await this.redis?.info('server')) ?? '';
    return /^redis_version:(\S+)/m.exec(info)?.[1] ?? null;
  }
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch {
    return null;
  }
}
