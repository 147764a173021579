import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator, isUuid } from '../../../platform/runtime/id-generator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { ownedBy } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { JobOrdersService } from '../job-orders.service.js';
import { JOB_STATUSES, type JobStatus } from '../job.machine.js';
import type { BatchPage, BatchView, OrderedBatch, RefusedItem } from './batch.view.js';
import { BatchesRepository, type BatchRow, type BatchShare } from './batches.repository.js';

/** Jobs that were ordered together. */
@Injectable()
export class BatchesService {
  constructor(
    private readonly repository: BatchesRepository,
    private readonly orders: JobOrdersService,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
  ) {}

  /** Writes it into the transaction that is open; returns its id. */
  async create(principal: Principal, name: string | null): Promise<string> {
    const id = this.ids.next();
    await this.repository.insert(id, ownedBy(principal), name, this.clock.now());
    return id;
  }

  /** Writes into the transaction that is open. */
  async noteOutcome(
    id: string,
    jobIds: readonly (string | null)[],
    refused: readonly RefusedItem[],
  ): Promise<void> {
    await this.repository.setOutcome(id, jobIds, refused);
  }

  /** @throws AppError batch_not_found */
  async getOrdered(principal: Principal, id: string): Promise<OrderedBatch> {
    const batch = await this.get(principal, id);
    return { ...batch, accepted: await this.unitOfWork.read(() => this.repository.listAccepted(batch.id)) };
  }

  /** @throws AppError batch_not_found */
  async get(principal: Principal, id: string): Promise<BatchView> {
    const find = (): Promise<BatchRow | null> => this.repository.find(id, ownedBy(principal));
    const row = isUuid(id) ? await this.unitOfWork.read(find) : null;
    if (row === null) throw new AppError('batch_not_found', 'There is no batch with this id.');
    const shares = await this.unitOfWork.read(() => this.repository.listShares([row.id]));
    return toBatchView(row, shares);
  }

  list(principal: Principal, offset: number, limit: number): Promise<BatchPage> {
    const owner = ownedBy(principal);
    return this.unitOfWork.read(async () => {
      const rows = await this.repository.list(owner, offset, limit);
      const shares = await this.repository.listShares(rows.map(({ id }) => id));
      const batches = rows.map((row) =>
        toBatchView(
          row,
          shares.filter(({ batchId }) => batchId === row.id),
        ),
      );
      return { batches, total: await this.repository.count(owner) };
    });
  }

  /**
   * Cancels those of its jobs that have not ended.
   *
   * @throws AppError batch_not_found
   */
  async cancel(actor: KnownActor, id: string): Promise<BatchView> {
    const batch = await this.get(actor.principal, id);
    for (const jobId of await this.unitOfWork.read(() => this.repository.listActive(batch.id)))
      await this.orders.cancel(actor, jobId).catch(ignoreEnded);
    return this.get(actor.principal, batch.id);
  }
}

/** It came to its end, or was deleted, before its turn to be cancelled. */
function ignoreEnded(error: unknown): void {
  if (!(error instanceof AppError && ['job_not_active', 'job_not_found'].includes(error.code))) throw error;
}

function toBatchView({ id, name, createdAt, refused }: BatchRow, shares: readonly BatchShare[]): BatchView {
  const countOf = (status: JobStatus): number => shares.find((share) => share.status === status)?.count ?? 0;
  const totals = shares.map(({ totalSeconds }) => totalSeconds);
  const end = shares.find(({ status }) => status === 'processing')?.estimatedEndAt ?? null;
  return {
    id,
    name,
    createdAt: new Date(createdAt),
    refused,
    counts: Object.fromEntries(
      JOB_STATUSES.map((status) => [status, countOf(status)]),
    ) as BatchView['counts'],
    doneSeconds: shares.reduce((sum, { doneSeconds }) => sum + doneSeconds, 0),
    totalSeconds: totals.reduce(
      (sum, seconds) => (sum === null || seconds === null ? null : sum + seconds),
      0,
    ),
    estimatedEndAt: end === null || countOf('queued') > 0 ? null : new Date(end),
  };
}
