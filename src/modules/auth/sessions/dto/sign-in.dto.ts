import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { IgnoresUnknownFields } from '../../../../platform/http/validation.pipe.js';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';

/** The database takes no NUL, and names are shown. */
export const PRINTABLE = /^[^\p{Cc}]*$/u;

@ApiSchema({ name: 'Credentials' })
export class SignInDto {
  @ApiProperty({ minLength: 1, maxLength: 100, example: 'admin' })
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  @Matches(PRINTABLE, { message: 'must not hold control characters' })
  username!: string;

  @ApiProperty({ format: 'password', minLength: 1, maxLength: 1024 })
  @IsString()
  @MinLength(1)
  @MaxLength(1024)
  password!: string;
}

/** RFC 6749 (3.2): libraries send `scope`, `client_id` and others, which mean nothing here. */
@IgnoresUnknownFields()
@ApiSchema({ name: 'TokenRequest' })
export class TokenRequestDto extends SignInDto {
  @ApiPropertyOptional({ enum: ['password'], description: 'As RFC 6749 (4.3.2) wants it' })
  @MayBeAbsent()
  @IsIn(['password'])
  grant_type?: 'password';
}

@ApiSchema({ name: 'RefreshRequest' })
export class RefreshDto {
  @ApiPropertyOptional({ description: 'Absent: the one in the cookie' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  refresh_token?: string;
}

@ApiSchema({ name: 'PasswordChange' })
export class ChangePasswordDto {
  @ApiProperty({ format: 'password', maxLength: 1024 })
  @IsString()
  @MinLength(1)
  @MaxLength(1024)
  current_password!: string;

  @ApiProperty({ format: 'password', description: '12 to 128 characters, none that many people use' })
  @IsString()
  @MinLength(1)
  @MaxLength(1024)
  new_password!: string;
  @ApiPropertyOptional({
    default: false,
    description: 'Revokes all of your API keys: whoever had the password may have made some',
  })
  @MayBeAbsent()
  @IsBoolean()
  revoke_api_keys?: boolean;
}
