import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { validationFailed } from '../../../platform/http/validation.pipe.js';
import { ownedBy, type OwnerFilter } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { JobResultRegistry } from '../job-result.registry.js';
import { toJobView } from '../jobs.service.js';
import { readCursor, writeCursor } from './job-cursor.js';
import type { JobFilter, JobListRequest, JobPage, JobPlace, JobSort } from './job-list.view.js';
import { JobListsRepository, type SearchedFilter } from './job-lists.repository.js';

/** Of how many transcripts the text is looked at: those of the newest jobs that meet the other conditions. */
const SEARCHED_TEXTS = 1000;

/** Finds jobs of somebody. */
@Injectable()
export class JobListsService {
  constructor(
    private readonly repository: JobListsRepository,
    private readonly results: JobResultRegistry,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AppError validation_failed for a cursor that this list did not give, or with `skip` */
  async list(principal: Principal, request: JobListRequest): Promise<JobPage> {
    const { sort, limit, skip: offset } = request;
    const after = placeOf(request);
    const owner = ownedBy(principal);
    const filter = await this.search(owner, request.filter);
    return this.unitOfWork.read(async () => {
      // One more than the page has tells whether there is another one.
      const places = await this.repository.listPlaces(owner, filter, sort, { after, offset }, limit + 1);
      const page = places.slice(0, limit);
      const jobs = await this.repository.listByIds(page.map(({ id }) => id));
      return {
        jobs: jobs.map(toJobView),
        total: await this.repository.count(owner, filter),
        nextCursor: places.length > limit ? cursorAfter(page, sort, request.filter) : null,
      };
    });
  }

  private async search(owner: OwnerFilter, filter: JobFilter): Promise<SearchedFilter> {
    const { text, statuses = ['completed'], ...others } = filter;
    if (text === undefined || !statuses.includes('completed')) return { ...filter, withText: [] };
    const candidates = { ...others, statuses: ['completed' as const], withText: [] };
    const begin = { after: null, offset: 0 };
    const newest = await this.unitOfWork.read(() =>
      this.repository.listPlaces(owner, candidates, '-created_at', begin, SEARCHED_TEXTS),
    );
    const ids = newest.map(({ id }) => id);
    return { ...filter, withText: await this.results.get().findContaining(ids, text) };
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
