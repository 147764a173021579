import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import type { ErrorCode } from '../../../platform/errors/error-codes.js';
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
    for (const jobId of await this.listJobs(batch, ['queued', 'processing']))
      await this.orders.cancel(actor, jobId).catch(unlessChanged('job_not_active'));
    return this.get(actor.principal, batch.id);
  }

  /**
   * Tries those of its jobs again that failed, with the options that they had. One whose recording was deleted stays as it is. What was
   * queued before an error stays so: asked again it goes on with the others.
   *
   * @throws AppError batch_not_found, too_many_active_jobs, audio_quota_exceeded
   */
  async retryFailed(actor: KnownActor, id: string): Promise<BatchView> {
    const batch = await this.get(actor.principal, id);
    // In the order in which they were asked for, which is how they will wait.
    for (const jobId of (await this.listJobs(batch, ['failed'])).toReversed())
      await this.orders.retry(actor, jobId, null).catch(unlessChanged('job_not_retryable'));
    return this.get(actor.principal, batch.id);
  }

  /**
   * Deletes it with its jobs and their transcripts. The recordings stay.
   *
   * @throws AppError batch_not_found, batch_not_ended
   */
  async delete(actor: KnownActor, id: string): Promise<void> {
    const batch = await this.get(actor.principal, id);
    const active = batch.counts.queued + batch.counts.processing;
    if (active > 0)
      throw new AppError('batch_not_ended', `${active} of its jobs have not ended. Cancel the batch first.`);
    for (const jobId of await this.listJobs(batch, JOB_STATUSES))
      await this.orders.delete(actor, jobId).catch(unlessChanged());
    await this.unitOfWork.read(() => this.repository.delete(batch.id));
  }

  private listJobs({ id }: BatchView, statuses: readonly JobStatus[]): Promise<string[]> {
    return this.unitOfWork.read(() => this.repository.listJobs(id, statuses));
  }
}

/** Lets errors pass but these: something else happened to the job, or it was deleted, before its turn came. */
function unlessChanged(...codes: readonly ErrorCode[]): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof AppError && ['job_not_found', ...codes].includes(error.code))) throw error;
  };
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
