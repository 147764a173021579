import { applyDecorators } from '@nestjs/common';
import { IsString, Length } from 'class-validator';

const MAX_LENGTH = 2048;

/** How the document tells of an address that messages are sent to. */
export const TARGET_ADDRESS = {
  maxLength: MAX_LENGTH,
  description: 'http or https, and public unless the operator allows more',
  example: 'https://example.com/hooks/transcripts',
} as const;

/** The form of such an address; where it leads is judged by WebhookTargetsService. */
export function IsTargetAddress(): PropertyDecorator {
  return applyDecorators(IsString(), Length(1, MAX_LENGTH));
}
