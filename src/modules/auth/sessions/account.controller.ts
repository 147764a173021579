import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { ApiProblems, BODY_PROBLEMS } from '../../../platform/openapi/problem-responses.js';
import { RequiresCredentials, RequiresSession } from '../access/access.decorator.js';
import type { KnownActor } from '../access/actor.view.js';
import { CurrentActor } from '../access/current-actor.decorator.js';
import { CurrentPrincipal } from '../access/current-principal.decorator.js';
import {
  MeDto,
  SessionListDto,
  toMeDto,
  TokensDto,
  toSessionDto,
  toTokensDto,
} from './dto/account.response.dto.js';
import { ChangePasswordDto } from './dto/sign-in.dto.js';
import type { Principal } from '../access/principal.view.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';
import { setTokenCookies } from './token-cookies.js';
import { UsersService } from '../users/users.service.js';

function ApiMe(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    RequiresCredentials(),
    Header('cache-control', 'no-store'),
    ApiOperation({ operationId, summary }),
    ApiOkResponse({ type: MeDto }),
  );
}

function ApiChangePassword(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    RequiresSession(),
    HttpCode(200),
    Header('cache-control', 'no-store'),
    ApiOperation({
      operationId,
      summary,
      description:
        'Ends all of your sessions and begins a new one. `revoke_api_keys` revokes your API keys too.',
    }),
    ApiOkResponse({ type: TokensDto, description: 'The tokens of the new session, also as cookies' }),
    ApiProblems('current_password_wrong', 'password_weak', 'sign_in_limited', ...BODY_PROBLEMS),
  );
}

/** One's own account. */
@ApiTags('Accounts')
@Controller()
export class AccountController {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly signIns: SignInService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  @Get('auth/me')
  @ApiMe('getMe', 'Who you are')
  async me(@CurrentPrincipal() principal: Principal): Promise<MeDto> {
    return toMeDto(await this.users.getSelf(principal), principal);
  }

  @Get('api/auth/me')
  @ApiMe('getMeUnderApi', 'Who you are (another name of GET /auth/me)')
  meUnderApi(@CurrentPrincipal() principal: Principal): Promise<MeDto> {
    return this.me(principal);
  }

  @Post('auth/change-password')
  @ApiChangePassword('changePassword', 'Change your password')
  changePassword(
    @CurrentActor() actor: KnownActor,
    @Body() body: ChangePasswordDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensDto> {
    return this.change(actor, body, request, response);
  }

  @Post('change-password')
  @ApiChangePassword(
    'changePasswordAtRoot',
    'Change your password (another name of POST /auth/change-password)',
  )
  changePasswordAtRoot(
    @CurrentActor() actor: KnownActor,
    @Body() body: ChangePasswordDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensDto> {
    return this.change(actor, body, request, response);
  }

  @Get('auth/sessions')
  @RequiresSession()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List where you are signed in', operationId: 'listSessions' })
  @ApiOkResponse({ type: SessionListDto })
  async list(@CurrentPrincipal() principal: Principal): Promise<SessionListDto> {
    const sessions = await this.sessions.list(principal);
    return { sessions: sessions.map((session) => toSessionDto(session, principal.sessionId)) };
  }

  @Delete('auth/sessions/:id')
  @RequiresSession()
  @HttpCode(204)
  @ApiOperation({ summary: 'End a session', operationId: 'endSession' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiNoContentResponse({ description: 'Its tokens are refused from now on' })
  @ApiProblems('session_not_found', 'malformed_request')
  end(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<void> {
    return this.sessions.end(actor, id);
  }

  private async change(
    actor: KnownActor,
    {
      current_password: current,
      new_password: next,
      revoke_api_keys: revokeApiKeys = false,
    }: ChangePasswordDto,
    request: Request,
    response: Response,
  ): Promise<TokensDto> {
    const userAgent = request.get('user-agent') ?? '';
    const change = { current, next, revokeApiKeys, userAgent };
    const tokens = await this.signIns.changePassword(actor, change);
    setTokenCookies(response, tokens, this.config);
    return toTokensDto(tokens);
  }
}
