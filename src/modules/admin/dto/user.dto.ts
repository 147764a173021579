import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';
import { ROLES, type Role } from '../../auth/access/scopes.policy.js';
import type { UserWithPassword } from '../../auth/users/users.service.js';
import { toUserQuotasDto, UserQuotasDto } from './user-quotas.dto.js';
import type { UserView } from '../../auth/users/user.view.js';

@ApiSchema({ name: 'NewUser' })
export class CreateUserDto {
  @ApiProperty({
    minLength: 3,
    maxLength: 64,
    description: 'Letters (a to z), digits and `. _ @ + -`; kept in small letters',
    example: 'anna',
  })
  @IsString()
  @Length(3, 64)
  username!: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role' })
  @IsIn(ROLES)
  role!: Role;
}

@ApiSchema({ name: 'UserChange' })
export class ChangeUserDto {
  @ApiProperty({ enum: ROLES, enumName: 'Role' })
  @IsIn(ROLES)
  role!: Role;
}

@ApiSchema({ name: 'User' })
export class UserDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'anna' })
  username!: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role' })
  role!: Role;

  @ApiProperty({ description: 'False while the user is disabled' })
  is_active!: boolean;

  @ApiProperty({ description: 'The password was given and has not been changed yet' })
  must_change_password!: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'By password; null: never, or before that was kept',
  })
  last_sign_in_at!: string | null;

  @ApiProperty({ type: UserQuotasDto })
  quotas!: UserQuotasDto;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;
}

@ApiSchema({ name: 'UserWithPassword' })
export class UserWithPasswordDto extends UserDto {
  @ApiProperty({ description: 'Good for one sign-in, which can only change it. It is shown this once.' })
  one_time_password!: string;
}

@ApiSchema({ name: 'UserList' })
export class UserListDto {
  @ApiProperty({ type: [UserDto], description: 'By name' })
  users!: UserDto[];
}

export function toUserDto(user: UserView): UserDto {
  return {
    id: user.id,
    username: user.username,
    role: user.role,
    is_active: user.disabledAt === null,
    must_change_password: user.mustChangePassword,
    last_sign_in_at: user.lastSignInAt?.toISOString() ?? null,
    quotas: toUserQuotasDto(user.quotas),
    created_at: user.createdAt.toISOString(),
  };
}

export function toUserWithPasswordDto({ user, oneTimePassword }: UserWithPassword): UserWithPasswordDto {
  return Object.assign(toUserDto(user), { one_time_password: oneTimePassword });
}
