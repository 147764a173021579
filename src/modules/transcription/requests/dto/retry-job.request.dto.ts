import { ApiSchema, PickType } from '@nestjs/swagger';
import { CreateTranscriptionDto } from './create-transcription.dto.js';

/** What is to be other than before. */
@ApiSchema({ name: 'RetryJob' })
export class RetryJobDto extends PickType(CreateTranscriptionDto, ['model', 'language', 'track']) {}
