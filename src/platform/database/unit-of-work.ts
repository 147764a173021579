import { AsyncLocalStorage } from 'node:async_hooks';
import { RequestContext, type EntityManager } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { ConnectionGate } from './connection-gate.js';
import { CONNECT_TIMEOUT_MS, MOST_CONNECTIONS } from './orm-options.js';
import { translateDatabaseError } from './outage.js';

/** One unit's claim to a connection, for all that is run inside it. */
interface Place {
  isHeld: boolean;
}

/** Gives a step of work its own identity map. Repositories take part by using the injected EntityManager. */
@Injectable()
export class UnitOfWork {
  /** What the transaction that is open wants to have done after it. */
  private readonly afterwards = new AsyncLocalStorage<(() => void)[]>();

  /** The way to the connections. */
  readonly gate = new ConnectionGate(MOST_CONNECTIONS, CONNECT_TIMEOUT_MS);
  private readonly place = new AsyncLocalStorage<Place>();

  constructor(private readonly orm: MikroORM) {}

  /** Whether this is called inside a unit. */
  get isOpen(): boolean {
    return this.place.getStore()?.isHeld === true;
  }

  /**
   * Runs `work` in one transaction: all of it is written, or nothing. Inside: SQL only. One that is run inside another is a part of that.
   *
   * @throws AppError database_unavailable (then a commit may have happened all the same), storage_full; what `work` throws
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const outer = this.afterwards.getStore();
    const afterwards: (() => void)[] = [];
    const result = await this.inContext(() =>
      this.currentManager().transactional(() => this.afterwards.run(afterwards, work)),
    );
    if (outer === undefined) for (const act of afterwards) act();
    else outer.push(...afterwards);
    return result;
  }

  /** For what must not be said of a transaction that is taken back. Without one that is open it is an error. */
  afterCommit(act: () => void): void {
    const afterwards = this.afterwards.getStore();
    if (afterwards === undefined) throw new Error('There is no transaction that this could be part of');
    afterwards.push(act);
  }

  /**
   * Runs `work`, which only reads or writes with single statements, without a transaction.
   *
   * @throws AppError database_unavailable, storage_full; what `work` throws
   */
  read<T>(work: () => Promise<T>): Promise<T> {
    return this.inContext(work);
  }

  /** A second place for what is inside another unit would let all of them wait for each other. */
  private inContext<T>(work: () => Promise<T>): Promise<T> {
    return this.isOpen
      ? this.translated(work)
      : this.gate.pass(() => this.holdingPlace(() => this.translated(work)));
  }

  /** Work that outlives its unit has the place no more. */
  private async holdingPlace<T>(work: () => Promise<T>): Promise<T> {
    const place = { isHeld: true };
    try {
      return await this.place.run(place, work);
    } finally {
      place.isHeld = false;
    }
  }

  private async translated<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await RequestContext.create(this.orm.em, work);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  private currentManager(): EntityManager {
    return RequestContext.getEntityManager() ?? this.orm.em.fork();
  }
}
