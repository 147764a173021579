import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { validationFailed } from '../../../platform/http/validation.pipe.js';
import { ownedBy } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { JobResultRegistry } from '../job-result.registry.js';
import { toJobView } from '../job.view.js';
import { readCursor, writeCursor } from './job-cursor.js';
import type { JobFilter, JobListRequest, JobPage, JobPlace, JobSort } from './job-list.view.js';
import { JobListsRepository } from './job-lists.repository.js';

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
    const { filter } = request;
    const hasText = filter.text === undefined ? null : this.results.get().whereText(filter.text);
    const search = { filter, hasText };
    return this.unitOfWork.read(async () => {
      // One more than the page has tells whether there is another one.
      const places = await this.repository.listPlaces(owner, search, sort, { after, offset }, limit + 1);
      const page = places.slice(0, limit);
      const jobs = await this.repository.listByIds(page.map(({ id }) => id));
      return {
        jobs: jobs.map(toJobView),
        total: await this.repository.count(owner, search),
        nextCursor: places.length > limit ? cursorAfter(page, sort, filter) : null,
      };
    });
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
