import { applyDecorators, Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import {
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { validationFailed } from '../../../platform/http/validation.pipe.js';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../../auth/access/access.decorator.js';
import { OpenToAuditedLooks } from '../../auth/access/look.decorator.js';
import { CurrentCredentials } from '../../auth/access/current-credentials.decorator.js';
import type { HeldCredentials } from '../../auth/access/held-credentials.view.js';
import { StreamQueryDto } from './dto/stream.query.dto.js';
import { EventStreams } from './event-streams.js';
import { JobNewsPresenter } from './job-news.presenter.js';
import { JobStreamsService } from './job-streams.service.js';
import { readEventsPosition, readPosition } from './stream-position.js';

const LAST_EVENT_ID = 'last-event-id';

function ApiStream(operationId: string, summary: string, description: string): MethodDecorator {
  return applyDecorators(
    RequiresScope('read'),
    ApiOperation({ operationId, summary, description }),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: 'The id of the last event that you have: the stream goes on after it',
    }),
    ApiOkResponse({
      description: 'Server-sent events, with a comment at least every 15 seconds',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    }),
    ApiProblems('validation_failed', 'too_many_streams', 'streams_exhausted', 'service_unavailable'),
  );
}

@ApiTags('Job events')
@Controller('jobs')
export class JobStreamsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly jobs: JobStreamsService,
    private readonly presenter: JobNewsPresenter,
  ) {}

  @Get('events')
  @ApiStream(
    'followJobs',
    'Follow what happens to all of your jobs',
    'Events: `status` and `deleted`, each change of the status of a job and its deletion once, from now on or from `Last-Event-ID`.',
  )
  async followAll(
    @CurrentCredentials() held: HeldCredentials,
    @Headers(LAST_EVENT_ID) header: string | undefined,
    @Query() query: StreamQueryDto,
    @Res() response: Response,
  ): Promise<void> {
    const after = parseId(header, query, readEventsPosition);
    await this.streams.answer(held, response, async (signal) =>
      this.presenter.presentAll(await this.jobs.followAll(held.principal, after, signal)),
    );
  }

  @Get(':job_id/events')
  @OpenToAuditedLooks('job')
  @ApiStream(
    'followJob',
    'Follow a job to its end',
    'Events: `status` (each change once, with its reason), `progress`, `segments` (text, as it is finished) and at last one of `completed`, `failed`, `cancelled` and `deleted`.',
  )
  @ApiParam({ name: 'job_id', format: 'uuid' })
  @ApiNoContentResponse({
    description: 'The end of the job was told before: there is nothing to come back for',
  })
  @ApiProblems('job_not_found', 'malformed_request')
  async follow(
    @CurrentCredentials() held: HeldCredentials,
    @Param('job_id') id: string,
    @Headers(LAST_EVENT_ID) header: string | undefined,
    @Query() query: StreamQueryDto,
    @Res() response: Response,
  ): Promise<void> {
    const after = parseId(header, query, readPosition);
    await this.streams.answer(held, response, async (signal) => {
      const news = await this.jobs.follow(held.principal, id, after, signal);
      return news === null ? null : this.presenter.present(news);
    });
  }
}

/**
 * The header is of the last connection; an address that a client opens again is of the first. An empty one is none.
 *
 * @throws AppError validation_failed
 */
function parseId<T>(
  header: string | undefined,
  { last_event_id: parameter }: StreamQueryDto,
  read: (id: string) => T | null,
): T | null {
  const id = [header, parameter].find((candidate) => candidate !== undefined && candidate !== '');
  if (id === undefined) return null;
  const position = read(id);
  if (position === null)
    throw validationFailed([{ field: 'last_event_id', message: 'is no id of an event of this stream' }]);
  return position;
}
