import { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { Transcript } from './transcript.entity.js';

@Injectable()
export class TranscriptsRepository {
  constructor(private readonly em: EntityManager) {}

  async insert(transcript: Transcript): Promise<void> {
    await this.em.insert(Transcript, transcript);
  }

  async deleteOf(jobIds: readonly string[]): Promise<void> {
    await this.em.nativeDelete(Transcript, { jobId: { $in: [...jobIds] } });
  }

  find(jobId: string): Promise<Transcript | null> {
    return this.em.findOne(Transcript, { jobId }, { disableIdentityMap: true });
  }

  async findText(jobId: string): Promise<string | null> {
    const found = await this.em.findOne(
      Transcript,
      { jobId },
      { fields: ['text'], disableIdentityMap: true },
    );
    return found?.text ?? null;
  }
}
