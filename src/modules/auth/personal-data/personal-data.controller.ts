import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { whenClientGone } from '../../../platform/http/client-gone.js';
import { sendZip } from '../../../platform/http/send-zip.js';
import { ApiProblems } from '../../../platform/openapi/problem-responses.js';
import { RequiresScope } from '../access/access.decorator.js';
import type { KnownActor } from '../access/actor.view.js';
import { CurrentActor } from '../access/current-actor.decorator.js';
import { PersonalDataService } from './personal-data.service.js';

const NAME = 'personal-data.zip';
const ARCHIVE = {
  description: 'A ZIP: a file of JSON lines for each kind of thing, and the recordings',
  content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
} as const;

const WHAT =
  'Rows and recordings, without passwords, keys and secrets. An archive that breaks off is not whole.';

/** For the users themselves. */
@ApiTags('Accounts')
@Controller('auth/me')
export class OwnDataController {
  constructor(private readonly personalData: PersonalDataService) {}

  @Get('export')
  @RequiresScope('read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Download all that is kept about you',
    operationId: 'exportMyData',
    description: WHAT,
  })
  @ApiOkResponse(ARCHIVE)
  async export(@CurrentActor() actor: KnownActor, @Res() response: Response): Promise<void> {
    const { userId } = actor.principal;
    const files = await this.personalData.export(actor, userId, whenClientGone(response));
    await sendZip(files, NAME, response);
  }
}

/** For a user who asks in another way. */
@ApiTags('Users')
@Controller('admin/users')
export class UserDataController {
  constructor(private readonly personalData: PersonalDataService) {}

  @Get(':id/export')
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Download all that is kept about a user',
    operationId: 'exportUserData',
    description: `${WHAT} Only where administrators may look at what others have said (\`ADMIN_TRANSCRIPT_ACCESS=audited\`).`,
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse(ARCHIVE)
  @ApiProblems('user_not_found', 'malformed_request')
  async export(
    @CurrentActor() actor: KnownActor,
    @Param('id') id: string,
    @Res() response: Response,
  ): Promise<void> {
    const files = await this.personalData.export(actor, id, whenClientGone(response));
    await sendZip(files, NAME, response);
  }
}
