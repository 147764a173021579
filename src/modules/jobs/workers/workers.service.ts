import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { isUuid } from '../../../platform/runtime/id-generator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { AuditTrail } from '../../auth/audit/audit-trail.service.js';
import type { WantedState, WorkerReport, WorkerView } from './worker.view.js';
import { WorkersRepository } from './workers.repository.js';

const ACTS = { active: 'worker.resumed', paused: 'worker.paused', drained: 'worker.drained' } as const;

/** The register of the processes that work on jobs: they write into it, and administrators tell them through it what to do. */
@Injectable()
export class WorkersService {
  constructor(
    private readonly repository: WorkersRepository,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Says that a worker lives.
   *
   * @returns what is wanted of it
   * @throws AppError database_unavailable
   */
  beat(report: WorkerReport): Promise<WantedState> {
    return this.unitOfWork.read(() => this.repository.beat(report));
  }

  /** Takes a worker out that stops. */
  leave(id: string): Promise<void> {
    return this.unitOfWork.read(() => this.repository.delete(id));
  }

  /** Takes those out that were not heard of for long. */
  forgetGone(): Promise<void> {
    return this.unitOfWork.read(() => this.repository.forgetGone());
  }

  /** In the order in which they started. */
  list(): Promise<readonly WorkerView[]> {
    return this.unitOfWork.read(() => this.repository.list());
  }

  /**
   * Tells a worker what to do; it hears of it with its next beat.
   *
   * @throws AppError worker_not_found
   */
  async want(actor: KnownActor, id: string, wanted: WantedState): Promise<WorkerView> {
    await this.unitOfWork.run(async () => {
      if (!isUuid(id) || !(await this.repository.want(id, wanted))) throw notFound();
      await this.audit.record(actor, ACTS[wanted], id.toLowerCase(), {});
    });
    const worker = (await this.list()).find((entry) => entry.id === id.toLowerCase());
    if (worker === undefined) throw notFound();
    return worker;
  }
}

function notFound(): AppError {
  return new AppError('worker_not_found', 'There is no worker with this id.');
}
