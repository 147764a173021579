import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { readMultipart, type FormField } from '../../../platform/http/multipart-reader.js';
import { validateFields } from '../../../platform/http/validation.pipe.js';
import { VoiceSamplesService } from '../speakers/voice-samples.service.js';
import { VoiceNameDto } from './dto/voice.dto.js';

const FIELD = 'file';
const MAX_BYTES = 16 * 2 ** 20;
const RULES = { field: FIELD, leastSeconds: 2, mostSeconds: 60 };

export interface ReadVoice {
  readonly name: string;
  readonly embedding: readonly number[];
}

/** Reads the form of a voice, whose recording is heard and not kept. */
@Injectable()
export class VoiceReader {
  constructor(private readonly samples: VoiceSamplesService) {}

  /**
   * @param ownerId of the voice
   * @param signal ends it when nobody waits any more
   * @throws AppError malformed_multipart and the like, file_too_large, validation_failed, storage_full
   */
  async read(ownerId: string, request: Request, signal: AbortSignal): Promise<ReadVoice> {
    const form = await readMultipart<readonly number[], string | null>(
      request,
      { field: FIELD, maxBytes: MAX_BYTES },
      {
        parseFields: (fields, areAll) => Promise.resolve(areAll ? nameOf(fields) : null),
        receive: (bytes) => this.samples.hear(ownerId, bytes, RULES, signal),
        discard: () => Promise.resolve(),
      },
    );
    return { name: form.options ?? nameOf(form.fields), embedding: form.file };
  }
}

function nameOf(fields: readonly FormField[]): string {
  return validateFields(VoiceNameDto, new Map(fields)).name;
}
