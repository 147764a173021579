import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PersonalDataRegistry } from '../auth/personal-data/personal-data.registry.js';

const OF_OWN_JOB = 't.job_id in (select id from jobs where owner_id = ?)';
/** A row may hold hours of words. */
const PAGE = 5;

@Injectable()
export class TranscriptPersonalData implements OnModuleInit {
  constructor(private readonly registry: PersonalDataRegistry) {}

  onModuleInit(): void {
    this.registry.register({
      tables: [
        { table: 'transcripts', ofUser: OF_OWN_JOB, without: ['search'], page: PAGE },
        { table: 'transcript_versions', ofUser: OF_OWN_JOB, page: PAGE },
        { table: 'transcript_drafts', ofUser: OF_OWN_JOB, without: ['engine_state', 'diarizer_state'] },
        { table: 'transcript_draft_pieces', ofUser: OF_OWN_JOB, page: PAGE },
        { table: 'voice_profiles', ofUser: 't.owner_id = ?' },
      ],
    });
  }
}
