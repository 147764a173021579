import { applyDecorators, Body, Controller, Header, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { ApiProblems, BODY_PROBLEMS } from '../../../platform/openapi/problem-responses.js';
import { OpenForSigningIn } from '../access/access.decorator.js';
import type { AnonymousActor } from '../access/actor.view.js';
import { credentialsOf, readCookie, REFRESH_COOKIE } from '../access/credentials.js';
import { AnonymousCaller } from '../access/current-actor.decorator.js';
import { MessageDto, TokensDto, toTokensDto } from './dto/account.response.dto.js';
import { RefreshDto, SignInDto, TokenRequestDto } from './dto/sign-in.dto.js';
import { assertSameOrigin } from '../access/local-access.policy.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';
import { clearTokenCookies, setTokenCookies } from './token-cookies.js';

function ApiSignIn(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    OpenForSigningIn(),
    HttpCode(200),
    Header('cache-control', 'no-store'),
    ApiOperation({ operationId, summary }),
    ApiOkResponse({ type: TokensDto, description: 'The tokens, also as cookies' }),
    ApiProblems(
      'credentials_wrong',
      'sign_in_limited',
      'rate_limited',
      'database_unavailable',
      ...BODY_PROBLEMS,
    ),
  );
}

@ApiTags('Accounts')
@Controller()
export class SignInController {
  constructor(
    private readonly signIns: SignInService,
    private readonly sessions: SessionsService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  @Post('auth/login')
  @ApiSignIn('signIn', 'Sign in by password')
  signIn(
    @AnonymousCaller() actor: AnonymousActor,
    @Body() body: SignInDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensDto> {
    return this.accept(actor, body, request, response);
  }

  @Post('api/auth/login')
  @ApiSignIn('signInUnderApi', 'Sign in by password (another name of POST /auth/login)')
  signInUnderApi(
    @AnonymousCaller() actor: AnonymousActor,
    @Body() body: SignInDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensDto> {
    return this.accept(actor, body, request, response);
  }

  @Post('token')
  @ApiSignIn('createToken', 'Sign in by password (another name of POST /auth/login)')
  createToken(
    @AnonymousCaller() actor: AnonymousActor,
    @Body() body: TokenRequestDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensDto> {
    return this.accept(actor, body, request, response);
  }

  @Post('auth/refresh')
  @OpenForSigningIn()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'refreshTokens',
    summary: 'Get the next tokens for a refresh token',
    description: 'A refresh token is good for once. Its second use ends the session: somebody has stolen it.',
  })
  @ApiOkResponse({ type: TokensDto })
  @ApiProblems('refresh_token_invalid', 'rate_limited', 'database_unavailable', ...BODY_PROBLEMS)
  async refresh(
    @AnonymousCaller() actor: AnonymousActor,
    @Body() { refresh_token: sent }: RefreshDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TokensDto> {
    if (sent !== undefined) return toTokensDto(await this.sessions.refresh(actor, sent));
    const cookie = readCookie(request.headers.cookie, REFRESH_COOKIE);
    if (cookie === null) throw new AppError('refresh_token_invalid', 'Send a refresh token.');
    assertSameOrigin(request, this.config);
    const tokens = await this.sessions.refresh(actor, cookie);
    setTokenCookies(response, tokens, this.config);
    return toTokensDto(tokens, false);
  }

  @Post('auth/logout')
  @OpenForSigningIn()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'signOut',
    summary: 'End this session, and its tokens with it',
    description:
      'The session is that of the access token, or of the refresh token where the other one is over. One that has ended already is no error; the cookies are cleared in any case.',
  })
  @ApiOkResponse({ type: MessageDto })
  @ApiProblems('rate_limited', 'database_unavailable', ...BODY_PROBLEMS)
  async signOut(
    @AnonymousCaller() actor: AnonymousActor,
    @Body() { refresh_token: sent }: RefreshDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MessageDto> {
    const access = credentialsOf(request);
    const cookie = readCookie(request.headers.cookie, REFRESH_COOKIE);
    const byCookie = access.kind === 'access_token' && access.byCookie;
    if (byCookie || (sent === undefined && cookie !== null)) assertSameOrigin(request, this.config);
    await this.sessions.signOut(actor, {
      accessToken: access.kind === 'access_token' ? access.secret : null,
      refreshToken: sent ?? cookie,
    });
    clearTokenCookies(response, this.config);
    return { message: 'Signed out' };
  }

  private async accept(
    actor: AnonymousActor,
    { username, password }: SignInDto,
    request: Request,
    response: Response,
  ): Promise<TokensDto> {
    const userAgent = request.get('user-agent') ?? '';
    const tokens = await this.signIns.signIn(actor, { username, password, userAgent });
    setTokenCookies(response, tokens, this.config);
    return toTokensDto(tokens);
  }
}
