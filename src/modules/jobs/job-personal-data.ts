import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PersonalDataRegistry } from '../auth/personal-data/personal-data.registry.js';

@Injectable()
export class JobPersonalData implements OnModuleInit {
  constructor(private readonly registry: PersonalDataRegistry) {}

  onModuleInit(): void {
    this.registry.register({
      tables: [
        // Voices that come with a call are of others, whom they tell.
        { table: 'jobs', ofUser: 't.owner_id = ?', without: ['lease_token', 'traceparent', 'voices'] },
        {
          table: 'job_events',
          ofUser: 't.job_id in (select id from jobs where owner_id = ?)',
          without: ['transaction_id'],
        },
        { table: 'job_deletions', ofUser: 't.owner_id = ?', without: ['transaction_id'] },
        { table: 'job_batches', ofUser: 't.owner_id = ?' },
        { table: 'usage_days', ofUser: 't.owner_id = ?' },
        { table: 'webhooks', ofUser: 't.owner_id = ?' },
        { table: 'webhook_deliveries', ofUser: 't.owner_id = ?', without: ['lease_token', 'traceparent'] },
      ],
    });
  }
}
