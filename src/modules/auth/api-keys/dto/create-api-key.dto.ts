import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';
import { PRINTABLE } from '../../sessions/dto/sign-in.dto.js';
import { SCOPES, type Scope } from '../../access/scopes.policy.js';

@ApiSchema({ name: 'NewApiKey' })
export class CreateApiKeyDto {
  @ApiProperty({ minLength: 1, maxLength: 100, description: 'What it is for', example: 'nightly import' })
  @IsString()
  @Length(1, 100)
  @Matches(PRINTABLE, { message: 'must not hold control characters' })
  name!: string;

  @ApiProperty({
    enum: SCOPES,
    enumName: 'Scope',
    isArray: true,
    description:
      'What it may be used for: `transcribe` sends recordings, `read` reads jobs and transcripts, `manage` looks after keys, `admin` opens /admin',
    example: ['transcribe', 'read'],
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique({ message: 'must not name anything twice' })
  @IsIn(SCOPES, { each: true })
  scopes!: Scope[];

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 3650,
    description: 'After how many days it ends; without it, never',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(3650)
  expires_in_days?: number;
}
