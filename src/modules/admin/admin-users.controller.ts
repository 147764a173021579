import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Put } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems, BODY_PROBLEMS } from '../../platform/openapi/problem-responses.js';
import { RequiresScope, RequiresScopeWithoutKey } from '../auth/access/access.decorator.js';
import type { KnownActor } from '../auth/access/actor.view.js';
import { CurrentActor } from '../auth/access/current-actor.decorator.js';
import { Idempotent } from '../auth/idempotency/idempotent.decorator.js';
import { UsersService } from '../auth/users/users.service.js';
import {
  ChangeUserDto,
  CreateUserDto,
  toUserDto,
  toUserWithPasswordDto,
  UserDto,
  UserListDto,
  UserWithPasswordDto,
} from './dto/user.dto.js';
import { toOwnQuotas, UserQuotasDto } from './dto/user-quotas.dto.js';
import { UserRemovalService } from './user-removal.service.js';

const NO_KEY = 'Not with an API key: the password would let its holder in as a person.';

@ApiTags('Users')
@Controller('admin/users')
export class AdminUsersController {
  constructor(
    private readonly users: UsersService,
    private readonly removal: UserRemovalService,
  ) {}

  @Get()
  @RequiresScope('admin')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List users', operationId: 'listUsers' })
  @ApiOkResponse({ type: UserListDto })
  async list(): Promise<UserListDto> {
    return { users: (await this.users.list()).map(toUserDto) };
  }

  @Post()
  @RequiresScopeWithoutKey('admin')
  @Idempotent('atomic')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Create a user with a password for one sign-in',
    operationId: 'createUser',
    description: NO_KEY,
  })
  @ApiCreatedResponse({ type: UserWithPasswordDto })
  @ApiProblems('username_taken', ...BODY_PROBLEMS)
  async create(
    @CurrentActor() actor: KnownActor,
    @Body() { username, role }: CreateUserDto,
  ): Promise<UserWithPasswordDto> {
    return toUserWithPasswordDto(await this.users.create(actor, username, role));
  }

  @Patch(':id')
  @RequiresScope('admin')
  @ApiOperation({
    summary: 'Give a user another role, whose sessions end at once',
    operationId: 'changeUser',
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: UserDto })
  @ApiProblems('user_not_found', 'user_protected', ...BODY_PROBLEMS)
  async change(
    @CurrentActor() actor: KnownActor,
    @Param('id') id: string,
    @Body() { role }: ChangeUserDto,
  ): Promise<UserDto> {
    return toUserDto(await this.users.changeRole(actor, id, role));
  }

  @Put(':id/quotas')
  @RequiresScope('admin')
  @ApiOperation({
    summary: 'Give a user other quotas than the settings do',
    description: 'They hold for what the user begins from now on.',
    operationId: 'setUserQuotas',
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: UserDto })
  @ApiProblems('user_not_found', ...BODY_PROBLEMS)
  async setQuotas(
    @CurrentActor() actor: KnownActor,
    @Param('id') id: string,
    @Body() quotas: UserQuotasDto,
  ): Promise<UserDto> {
    return toUserDto(await this.users.setQuotas(actor, id, toOwnQuotas(quotas)));
  }

  @Post(':id/disable')
  @RequiresScope('admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Disable a user, whose sessions end at once', operationId: 'disableUser' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: UserDto })
  @ApiProblems('user_not_found', 'user_protected', 'malformed_request')
  async disable(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<UserDto> {
    return toUserDto(await this.users.disable(actor, id));
  }

  @Post(':id/enable')
  @RequiresScope('admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Enable a user again', operationId: 'enableUser' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: UserDto })
  @ApiProblems('user_not_found', 'malformed_request')
  async enable(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<UserDto> {
    return toUserDto(await this.users.enable(actor, id));
  }

  @Post(':id/sign-out')
  @RequiresScope('admin')
  @HttpCode(200)
  @ApiOperation({
    summary: 'End all sessions of a user',
    description: 'Who can sign in again. API keys go on.',
    operationId: 'signOutUser',
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: UserDto })
  @ApiProblems('user_not_found', 'malformed_request')
  async signOut(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<UserDto> {
    return toUserDto(await this.users.signOut(actor, id));
  }

  @Post(':id/reset-password')
  @RequiresScopeWithoutKey('admin')
  @Idempotent('atomic')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Give a user another password for one sign-in',
    operationId: 'resetPassword',
    description: NO_KEY,
  })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: UserWithPasswordDto })
  @ApiProblems('user_not_found', 'user_protected', 'malformed_request')
  async resetPassword(
    @CurrentActor() actor: KnownActor,
    @Param('id') id: string,
  ): Promise<UserWithPasswordDto> {
    return toUserWithPasswordDto(await this.users.resetPassword(actor, id));
  }

  @Delete(':id')
  @RequiresScope('admin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a user with everything that is theirs', operationId: 'deleteUser' })
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiNoContentResponse({ description: 'User, recordings, transcripts, keys and sessions are gone' })
  @ApiProblems('user_not_found', 'user_protected', 'malformed_request')
  remove(@CurrentActor() actor: KnownActor, @Param('id') id: string): Promise<void> {
    return this.removal.remove(actor, id);
  }
}
