import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems, BODY_PROBLEMS } from '../../platform/openapi/problem-responses.js';
import { RequiresSession } from '../auth/access/access.decorator.js';
import type { KnownActor } from '../auth/access/actor.view.js';
import { CurrentActor } from '../auth/access/current-actor.decorator.js';
import { DeleteAccountDto } from './dto/delete-account.request.dto.js';
import { UserRemovalService } from './user-removal.service.js';

/** What a user does to an account of their own that reaches into every room. */
@ApiTags('Accounts')
@Controller('auth')
export class OwnAccountController {
  constructor(private readonly removal: UserRemovalService) {}

  @Post('delete-account')
  @RequiresSession()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete your account with everything that is yours',
    operationId: 'deleteAccount',
    description:
      'Jobs that run are given up. Nothing of it can be brought back. The last administrator stays: another one has to be there first.',
  })
  @ApiNoContentResponse({ description: 'User, recordings, transcripts, keys and sessions are gone' })
  @ApiProblems('current_password_wrong', 'sign_in_limited', 'user_protected', ...BODY_PROBLEMS)
  async delete(
    @CurrentActor() actor: KnownActor,
    @Body() { current_password: password }: DeleteAccountDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.removal.removeSelf(actor, password);
    response.setHeader('clear-site-data', '"cookies", "storage"');
  }
}
