import { RequestContext, type EntityManager } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

/** Gives a step of work its own identity map. Repositories take part by using the injected EntityManager. */
@Injectable()
export class UnitOfWork {
  constructor(private readonly orm: MikroORM) {}

  /** Runs `work` in one transaction: all of it is written, or nothing. Inside: SQL only. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return RequestContext.create(this.orm.em, () => this.currentManager().transactional(work));
  }

  /** Runs `work`, which only reads or writes with single statements, without a transaction. */
  read<T>(work: () => Promise<T>): Promise<T> {
    return RequestContext.create(this.orm.em, work);
  }

  private currentManager(): EntityManager {
    return RequestContext.getEntityManager() ?? this.orm.em.fork();
  }
}
