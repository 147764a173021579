import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID, Length, Matches } from 'class-validator';
import { checkpointOf, type ModelName } from '../../../platform/config/model-names.js';
import { IsInstant } from '../../../platform/http/is-instant.decorator.js';
import { MayBeAbsent } from '../../../platform/http/may-be-absent.decorator.js';
import { PageQueryDto } from '../../../platform/http/page.query.dto.js';
import type { JobStatus } from '../job.machine.js';
import { AreJobStatuses, IsJobCursor, IsJobModel } from './job-conditions.decorator.js';
import { JOB_SORTS, type JobListRequest, type JobSort } from './job-list.view.js';

export class ListJobsQueryDto extends PageQueryDto {
  @IsJobCursor()
  cursor?: string;

  @ApiPropertyOptional({
    enum: JOB_SORTS,
    enumName: 'JobSort',
    default: '-created_at',
    description: 'With a minus the greatest first',
  })
  @MayBeAbsent()
  @IsIn(JOB_SORTS)
  sort: JobSort = '-created_at';

  @AreJobStatuses()
  status?: JobStatus[];

  @IsJobModel()
  model?: ModelName;

  @ApiPropertyOptional({
    description: 'The code of the language that was heard or, before that is known, asked for',
    example: 'en',
  })
  @MayBeAbsent()
  @Matches(/^[a-z]{2,3}$/, { message: 'must be the code of a language' })
  language?: string;

  @IsInstant('Created not before this')
  created_after?: string;

  @IsInstant('Created before this')
  created_before?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @MayBeAbsent()
  @IsUUID(undefined, { message: 'must be an id' })
  batch_id?: string;

  @ApiPropertyOptional({
    description: 'In the name of the file or in the transcript; in whatever case',
    minLength: 1,
    maxLength: 200,
  })
  @MayBeAbsent()
  @Length(1, 200)
  text?: string;
}

export function toJobListRequest(query: ListJobsQueryDto): JobListRequest {
  const { cursor, sort, skip, limit, status, model, language, text } = query;
  const { created_after: after, created_before: before, batch_id: batchId } = query;
  const filter = {
    statuses: status,
    model: model === undefined ? undefined : checkpointOf(model),
    language,
    createdAfter: after === undefined ? undefined : new Date(after),
    createdBefore: before === undefined ? undefined : new Date(before),
    batchId,
    text,
  };
  return { filter, sort, cursor, skip, limit };
}
