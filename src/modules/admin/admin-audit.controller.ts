import { applyDecorators, Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { create as contentDisposition } from 'content-disposition';
import type { Response } from 'express';
import { sendStream } from '../../platform/http/send-stream.js';
import { ApiProblems } from '../../platform/openapi/problem-responses.js';
import { Clock } from '../../platform/runtime/clock.js';
import { RequiresScope } from '../auth/access/access.decorator.js';
import type { KnownActor } from '../auth/access/actor.view.js';
import { CurrentActor } from '../auth/access/current-actor.decorator.js';
import { AuditTrail } from '../auth/audit/audit-trail.service.js';
import { AUDIT_FORMATS, writeAuditEvents } from './audit-formats.js';
import { ExportAuditQueryDto, ListAuditQueryDto, toAuditFilter } from './dto/audit.query.dto.js';
import {
  AuditEventDto,
  AuditEventListDto,
  toAuditEventDto,
  toAuditEventListDto,
} from './dto/audit.response.dto.js';

function ApiList(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    RequiresScope('admin'),
    Header('cache-control', 'no-store'),
    ApiOperation({ operationId, summary }),
    ApiOkResponse({ type: AuditEventListDto }),
    ApiProblems('validation_failed'),
  );
}

function ApiGet(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    RequiresScope('admin'),
    Header('cache-control', 'no-store'),
    ApiOperation({ operationId, summary }),
    ApiParam({ name: 'id', format: 'uuid' }),
    ApiOkResponse({ type: AuditEventDto }),
    ApiProblems('audit_event_not_found', 'malformed_request'),
  );
}

/** The audit trail. There is no way to change or delete what is in it. */
@ApiTags('Audit')
@Controller('admin')
export class AdminAuditController {
  constructor(
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  @Get('audit')
  @ApiList('listAuditEvents', 'Read the audit trail, newest first')
  async list(@Query() query: ListAuditQueryDto): Promise<AuditEventListDto> {
    const { cursor = null, limit } = query;
    return toAuditEventListDto(await this.audit.list(toAuditFilter(query), cursor, limit));
  }

  @Get('events')
  @ApiList('listEvents', 'Read the audit trail, newest first (another name of GET /admin/audit)')
  listUnderEvents(@Query() query: ListAuditQueryDto): Promise<AuditEventListDto> {
    return this.list(query);
  }

  @Get('audit/export')
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Download the audit trail, oldest first',
    operationId: 'exportAuditEvents',
    description: 'The download is an event of the trail itself.',
  })
  @ApiOkResponse({ description: 'The file', content: fileContent() })
  @ApiProblems('validation_failed')
  async export(
    @CurrentActor() actor: KnownActor,
    @Query() query: ExportAuditQueryDto,
    @Res() response: Response,
  ): Promise<void> {
    const { format: name, ...filter } = query;
    const format = AUDIT_FORMATS[name];
    const pages = await this.audit.export(actor, toAuditFilter(query), { format: name, filter });
    response.setHeader('content-type', format.mediaType);
    response.setHeader('content-disposition', contentDisposition(`${this.fileStem()}.${name}`));
    await sendStream(writeAuditEvents(pages, format), response);
  }

  @Get('audit/:id')
  @ApiGet('getAuditEvent', 'Read an event of the audit trail')
  async get(@Param('id') id: string): Promise<AuditEventDto> {
    return toAuditEventDto(await this.audit.get(id));
  }

  @Get('events/:id')
  @ApiGet('getEvent', 'Read an event of the audit trail (another name of GET /admin/audit/{id})')
  getUnderEvents(@Param('id') id: string): Promise<AuditEventDto> {
    return this.get(id);
  }

  /** Colons are not for every file system. */
  private fileStem(): string {
    return `audit-${this.clock.now().toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
  }
}

function fileContent(): Record<string, { schema: { type: 'string' } }> {
  return Object.fromEntries(
    Object.values(AUDIT_FORMATS).map(({ mediaType }) => [
      mediaType.split(';', 1)[0] ?? '',
      { schema: { type: 'string' } },
    ]),
  );
}
