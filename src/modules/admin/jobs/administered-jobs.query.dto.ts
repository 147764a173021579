import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsUUID, Matches } from 'class-validator';
import { checkpointOf, type ModelName } from '../../../platform/config/model-names.js';
import { IsInstant } from '../../../platform/http/is-instant.decorator.js';
import { MayBeAbsent } from '../../../platform/http/may-be-absent.decorator.js';
import { IsPageSize } from '../../../platform/http/page.query.dto.js';
import type { JobView } from '../../jobs/job.view.js';
import { AreJobStatuses, IsJobCursor, IsJobModel } from '../../jobs/lists/job-conditions.decorator.js';
import type { JobListRequest } from '../../jobs/lists/job-list.view.js';

export class ListAdministeredJobsQueryDto {
  @IsPageSize()
  limit = 100;

  @IsJobCursor()
  cursor?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Whose they are' })
  @MayBeAbsent()
  @IsUUID(undefined, { message: 'must be an id' })
  user_id?: string;

  @AreJobStatuses()
  status?: JobView['status'][];

  @ApiPropertyOptional({ description: 'Of the error that they failed with', example: 'corrupt_media' })
  @MayBeAbsent()
  @Matches(/^[a-z_]{1,64}$/, { message: 'must be the code of an error' })
  code?: string;

  @IsJobModel()
  model?: ModelName;

  @IsInstant('Created not before this')
  created_after?: string;

  @IsInstant('Created before this')
  created_before?: string;
}

/** Newest first. */
export function toRequest(query: ListAdministeredJobsQueryDto): JobListRequest {
  const { limit, cursor, model, created_after: after, created_before: before } = query;
  const filter = {
    ownerId: query.user_id,
    statuses: query.status,
    errorCode: query.code,
    model: model === undefined ? undefined : checkpointOf(model),
    createdAfter: after === undefined ? undefined : new Date(after),
    createdBefore: before === undefined ? undefined : new Date(before),
  };
  return { filter, sort: '-created_at', cursor, skip: 0, limit };
}
