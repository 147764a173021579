import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ArrayMinSize, ArrayUnique, IsArray, IsUUID, Length, Matches } from 'class-validator';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';
import { CreateTranscriptionDto } from '../dto/create-transcription.dto.js';

@ApiSchema({ name: 'CreateBatch' })
export class CreateBatchDto extends CreateTranscriptionDto {
  @ApiProperty({
    type: [String],
    format: 'uuid',
    minItems: 1,
    description: 'Recordings that are stored; MAX_BATCH_ITEMS at most',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsUUID(undefined, { each: true, message: 'must be ids' })
  media_ids!: string[];

  @ApiPropertyOptional({ minLength: 1, maxLength: 200 })
  @MayBeAbsent()
  @Length(1, 200)
  @Matches(/^[^\0]*$/, { message: 'must be text' })
  name?: string;
}
