import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { PERSON_NAME } from '../../../jobs/known-voice.view.js';
import { MAX_VOICE_NAME } from '../voice.view.js';

/** In forms `true` asks for all voices, `false` for none. */
const NO_FLAG = /^(?!(?:true|false)$)/i;

@ApiSchema({ name: 'VoiceName' })
export class VoiceNameDto {
  @ApiProperty({
    minLength: 1,
    maxLength: MAX_VOICE_NAME,
    description: 'Whose voice it is; no two of yours have the same, whatever the case',
    example: 'Elinor Dashwood',
  })
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.trim().normalize('NFC') : value,
  )
  @IsString()
  @MaxLength(MAX_VOICE_NAME)
  @Matches(NO_FLAG, { message: 'must be neither true nor false' })
  @Matches(PERSON_NAME, { message: 'must be a name in one line' })
  name!: string;
}

@ApiSchema({ name: 'VoiceOfSpeaker' })
export class VoiceOfSpeakerDto extends VoiceNameDto {
  @ApiProperty({ format: 'uuid', description: 'A job of yours whose recording is still there' })
  @IsUUID()
  job_id!: string;

  @ApiProperty({
    maxLength: 40,
    description: 'Key of a speaker of its transcript, who speaks alone for 2 s at least',
    example: 'speaker_1',
  })
  @IsString()
  @MaxLength(40)
  speaker!: string;
}

/** For the documentation: forms are read as they arrive. */
@ApiSchema({ name: 'NewVoice' })
export class NewVoiceDto extends VoiceNameDto {
  @ApiProperty({
    type: 'string',
    format: 'binary',
    description: 'A recording of 2 to 60 s in which nobody else speaks, 16 MiB at most; it is not kept',
  })
  file!: string;
}
