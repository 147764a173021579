import { ApiSchema, OmitType } from '@nestjs/swagger';
import { CreateTranscriptionDto } from './create-transcription.dto.js';

/** What is to be other than before. */
@ApiSchema({ name: 'RetryOptions' })
export class RetryJobDto extends OmitType(CreateTranscriptionDto, ['priority', 'callback_url']) {}
