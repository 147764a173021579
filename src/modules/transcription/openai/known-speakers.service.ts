import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { KnownVoice } from '../../jobs/known-voice.view.js';
import { VoiceSamplesService } from '../speakers/voice-samples.service.js';
import { REFERENCE_RULES, type KnownSpeakers } from './known-speakers.js';

/** The voices of speakers that a call names. */
@Injectable()
export class KnownSpeakersService {
  constructor(private readonly samples: VoiceSamplesService) {}

  /** @throws AppError validation_failed with what is wrong with a reference; the reason of `signal` when that trips */
  async hear(
    ownerId: string,
    { names, references }: KnownSpeakers,
    signal: AbortSignal,
  ): Promise<KnownVoice[]> {
    const voices: KnownVoice[] = [];
    for (const [index, name] of names.entries()) {
      const bytes = Readable.from([references[index] ?? Buffer.alloc(0)]);
      const rules = { ...REFERENCE_RULES, whose: name };
      voices.push({ name, embedding: await this.samples.hear(ownerId, bytes, rules, signal) });
    }
    return voices;
  }
}
