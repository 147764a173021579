import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { ArrayMinSize, ArrayUnique, IsArray, IsUUID, Length } from 'class-validator';
import { MayBeAbsent } from '../../../../platform/http/may-be-absent.decorator.js';
import { CreateTranscriptionDto } from '../dto/create-transcription.dto.js';

/** The fields that all recordings of a batch have in common. */
export class BatchFieldsDto extends CreateTranscriptionDto {
  @ApiPropertyOptional({ minLength: 1, maxLength: 200 })
  @MayBeAbsent()
  @Length(1, 200)
  name?: string;
}

@ApiSchema({ name: 'NewBatch' })
export class CreateBatchDto extends BatchFieldsDto {
  @ApiProperty({
    type: [String],
    format: 'uuid',
    minItems: 1,
    description: 'Recordings that are stored; MAX_BATCH_ITEMS at most',
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique(toLowerCase, { message: 'must not name anything twice' })
  @IsUUID(undefined, { each: true, message: 'must be ids' })
  media_ids!: string[];
}

/** The whole form, for the documentation: the files themselves are read as streams. */
@ApiSchema({ name: 'BatchForm' })
export class BatchFormDto extends BatchFieldsDto {
  @ApiProperty({
    type: 'array',
    items: { type: 'string', format: 'binary' },
    minItems: 1,
    description:
      'Recordings, each in a part of this name; MAX_BATCH_ITEMS at most. Put them after the other fields, so that a wrong option is noticed before they are sent.',
  })
  files!: string[];
}

/** An id is the same in capitals. What is no text is judged by another rule. */
function toLowerCase(id: unknown): unknown {
  return typeof id === 'string' ? id.toLowerCase() : id;
}
