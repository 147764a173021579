import { ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { IsUUID, Matches } from 'class-validator';
import { MayBeAbsent } from '../../../platform/http/may-be-absent.decorator.js';
import type { JobListRequest } from '../../jobs/lists/job-list.view.js';
import { ListJobsQueryDto, toJobListRequest } from '../../jobs/lists/list-jobs.query.dto.js';

export class ListAdministeredJobsQueryDto extends PickType(ListJobsQueryDto, [
  'cursor',
  'limit',
  'status',
  'model',
  'created_after',
  'created_before',
] as const) {
  @ApiPropertyOptional({ format: 'uuid', description: 'Whose they are' })
  @MayBeAbsent()
  @IsUUID(undefined, { message: 'must be an id' })
  user_id?: string;

  @ApiPropertyOptional({ description: 'Of the error that they failed with', example: 'corrupt_media' })
  @MayBeAbsent()
  @Matches(/^[a-z_]{1,64}$/, { message: 'must be the code of an error' })
  code?: string;
}

/** Newest first. */
export function toRequest({
  user_id: ownerId,
  code,
  ...query
}: ListAdministeredJobsQueryDto): JobListRequest {
  const request = toJobListRequest({ ...query, sort: '-created_at', skip: 0 });
  return { ...request, filter: { ...request.filter, ownerId, errorCode: code } };
}
