import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { Principal } from '../../access/principal.view.js';
import { ROLES, SCOPES, type Role, type Scope } from '../../access/scopes.policy.js';
import { ACCESS_TOKEN_SECONDS } from '../access-tokens.js';
import type { IssuedTokens, SessionView } from '../session.view.js';
import type { UserView } from '../../users/user.view.js';

@ApiSchema({ name: 'Tokens' })
export class TokensDto {
  @ApiProperty({ description: 'To be sent as `Authorization: Bearer`' })
  access_token!: string;

  @ApiProperty({ enum: ['bearer'] })
  token_type!: 'bearer';

  @ApiProperty({ description: 'Seconds', example: 3600 })
  expires_in!: number;

  @ApiPropertyOptional({
    description: 'Buys the next tokens, once. Absent where it came as a cookie, and went as one.',
  })
  refresh_token?: string;
}

@ApiSchema({ name: 'Me' })
export class MeDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'admin' })
  username!: string;

  @ApiProperty({ description: 'Always true: others get no answer' })
  is_active!: boolean;

  @ApiProperty()
  is_admin!: boolean;

  @ApiProperty({ enum: ROLES, enumName: 'Role', isArray: true })
  roles!: Role[];

  @ApiProperty({
    enum: SCOPES,
    enumName: 'Scope',
    isArray: true,
    description: 'What these credentials allow',
  })
  scopes!: Scope[];

  @ApiProperty({ description: 'Until the password is changed the rest stays closed' })
  must_change_password!: boolean;
}

@ApiSchema({ name: 'Message' })
export class MessageDto {
  @ApiProperty()
  message!: string;
}

@ApiSchema({ name: 'Session' })
export class SessionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ description: 'What the browser or program called itself' })
  user_agent!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', description: 'The last time that its tokens were renewed' })
  last_used_at!: string;

  @ApiProperty({ format: 'date-time' })
  expires_at!: string;

  @ApiProperty({ description: 'It is the one of this request' })
  current!: boolean;
}

@ApiSchema({ name: 'SessionList' })
export class SessionListDto {
  @ApiProperty({ type: [SessionDto], description: 'Newest first' })
  sessions!: SessionDto[];
}

/** @param inBody whether the refresh token is told; else it goes as a cookie only */
export function toTokensDto({ accessToken, refreshToken }: IssuedTokens, inBody = true): TokensDto {
  return {
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: ACCESS_TOKEN_SECONDS,
    ...(inBody ? { refresh_token: refreshToken } : {}),
  };
}

export function toMeDto(user: UserView, { scopes, mustChangePassword }: Principal): MeDto {
  return {
    id: user.id,
    username: user.username,
    is_active: true,
    is_admin: user.role === 'admin',
    roles: [user.role],
    scopes: [...scopes],
    must_change_password: mustChangePassword,
  };
}

export function toSessionDto(session: SessionView, current: string | null): SessionDto {
  return {
    id: session.id,
    user_agent: session.userAgent,
    created_at: session.createdAt.toISOString(),
    last_used_at: session.lastUsedAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    current: session.id === current,
  };
}
