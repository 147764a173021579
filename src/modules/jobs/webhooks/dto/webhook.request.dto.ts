import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsBoolean, IsIn, IsString, MaxLength } from 'class-validator';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';
import { IsTargetAddress, TARGET_ADDRESS } from '../target-address.decorator.js';
import { JOB_WEBHOOK_EVENTS, type JobWebhookEvent } from '../webhook.view.js';

class WebhookFieldsDto {
  @ApiPropertyOptional({
    enum: JOB_WEBHOOK_EVENTS,
    enumName: 'JobWebhookEvent',
    isArray: true,
    description: 'What it is told of. Default of a new one: everything',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique({ message: 'must not name anything twice' })
  @IsIn(JOB_WEBHOOK_EVENTS, { each: true })
  events?: JobWebhookEvent[];

  @ApiPropertyOptional({ maxLength: 200, description: 'For yourself', example: 'nightly import' })
  @MayBeAbsent()
  @IsString()
  @MaxLength(200)
  description?: string;

  @ApiPropertyOptional({ description: 'Nothing is sent while it is false. Default of a new one: true' })
  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;
}

@ApiSchema({ name: 'NewWebhook' })
export class CreateWebhookDto extends WebhookFieldsDto {
  @ApiProperty(TARGET_ADDRESS)
  @IsTargetAddress()
  url!: string;
}

@ApiSchema({ name: 'WebhookChanges' })
export class ChangeWebhookDto extends WebhookFieldsDto {
  @ApiPropertyOptional(TARGET_ADDRESS)
  @MayBeAbsent()
  @IsTargetAddress()
  url?: string;
}
