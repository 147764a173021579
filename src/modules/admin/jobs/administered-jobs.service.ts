import { Injectable } from '@nestjs/common';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { UsersService } from '../../auth/users/users.service.js';
import { JobOrdersService } from '../../jobs/job-orders.service.js';
import type { JobView } from '../../jobs/job.view.js';
import type { JobListRequest } from '../../jobs/lists/job-list.view.js';
import { JobListsService } from '../../jobs/lists/job-lists.service.js';

export interface AdministeredJob {
  readonly job: JobView;
  /** By the id of the owner. */
  readonly ownerNames: ReadonlyMap<string, string>;
}

export interface AdministeredJobPage {
  readonly jobs: readonly AdministeredJob[];
  readonly nextCursor: string | null;
}

/** The jobs of everybody, with the names of their owners. */
@Injectable()
export class AdministeredJobsService {
  constructor(
    private readonly lists: JobListsService,
    private readonly orders: JobOrdersService,
    private readonly users: UsersService,
  ) {}

  /** @throws AppError validation_failed for a cursor that this list did not give */
  async list(request: JobListRequest): Promise<AdministeredJobPage> {
    const { jobs, nextCursor } = await this.lists.listOfAll(request);
    return { jobs: await this.withOwners(jobs), nextCursor };
  }

  /** @throws AppError job_not_found, job_not_active */
  async cancel(actor: KnownActor, id: string): Promise<AdministeredJob> {
    return this.withOwner(await this.orders.cancelOfAnybody(actor, id));
  }

  /** @throws AppError job_not_found, job_not_retryable, too_many_active_jobs, audio_quota_exceeded */
  async retry(actor: KnownActor, id: string): Promise<AdministeredJob> {
    return this.withOwner(await this.orders.retryOfAnybody(actor, id));
  }

  private async withOwner(job: JobView): Promise<AdministeredJob> {
    return { job, ownerNames: await this.users.listNames([job.ownerId]) };
  }

  private async withOwners(jobs: readonly JobView[]): Promise<AdministeredJob[]> {
    const ownerNames = await this.users.listNames([...new Set(jobs.map(({ ownerId }) => ownerId))]);
    return jobs.map((job) => ({ job, ownerNames }));
  }
}
