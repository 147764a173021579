import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { validationFailed } from '../../../platform/http/validation.pipe.js';
import { ownedBy, type OwnerFilter } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { JobResultRegistry } from '../job-result.registry.js';
import { toJobView } from '../job.view.js';
import { JobsRepository } from '../jobs.repository.js';
import { readCursor, writeCursor } from './job-cursor.js';
import type {
  CountedJobPage,
  JobFilter,
  JobListRequest,
  JobPage,
  JobPlace,
  JobSort,
} from './job-list.view.js';
import { JobListsRepository, type JobSearch } from './job-lists.repository.js';

/** Finds jobs. */
@Injectable()
export class JobListsService {
  constructor(
    private readonly repository: JobListsRepository,
    private readonly jobs: JobsRepository,
    private readonly results: JobResultRegistry,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AppError validation_failed for a cursor that this list did not give, or with `skip` */
  async list(principal: Principal, request: JobListRequest): Promise<CountedJobPage> {
    const owner = ownedBy(principal);
    const search = this.searchOf(request);
    return this.unitOfWork.read(async () => ({
      ...(await this.readPage(owner, search, request)),
      total: await this.repository.count(owner, search),
    }));
  }

  /**
   * Of everybody; who may see them is up to the caller.
   *
   * @throws AppError validation_failed, as `list`
   */
  async listOfAll(request: JobListRequest): Promise<JobPage> {
    return this.unitOfWork.read(() => this.readPage(null, this.searchOf(request), request));
  }

  private searchOf({ filter }: JobListRequest): JobSearch {
    return { filter, hasText: filter.text === undefined ? null : this.results.get().whereText(filter.text) };
  }

  private async readPage(
    owner: OwnerFilter | null,
    search: JobSearch,
    request: JobListRequest,
  ): Promise<JobPage> {
    const { filter, sort, limit, skip: offset } = request;
    const after = placeOf(request);
    // One more than the page has tells whether there is another one.
    const places = await this.repository.listPlaces(owner, search, sort, { after, offset }, limit + 1);
    const page = places.slice(0, limit);
    // One that was deleted meanwhile is left out.
    const jobs = await this.jobs.listByIds(page.map(({ id }) => id));
    return {
      jobs: jobs.map(toJobView),
      nextCursor: places.length > limit ? cursorAfter(page, sort, filter) : null,
    };
  }
}

function placeOf({ cursor, sort, filter, skip }: JobListRequest): JobPlace | null {
  if (cursor === undefined) return null;
  if (skip > 0) throw validationFailed([{ field: 'skip', message: 'goes with no cursor' }]);
  const place = readCursor(cursor, sort, filter);
  if (place === null)
    throw validationFailed([{ field: 'cursor', message: 'must be one that a page of this list gave' }]);
  return place;
}

function cursorAfter(page: readonly JobPlace[], sort: JobSort, filter: JobFilter): string | null {
  const last = page.at(-1);
  return last === undefined ? null : writeCursor(last, sort, filter);
}
