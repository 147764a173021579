import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { transcriptPayload } from './webhook-payload.js';
import { WebhookSenderService } from './webhook-sender.service.js';
import type { UpdatedTranscript } from './webhook.view.js';
import { WebhooksRepository } from './webhooks.repository.js';

/** Writes down what is to be sent of changes of transcripts. */
@Injectable()
export class TranscriptWebhooksService {
  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly sender: WebhookSenderService,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /** In the transaction that is open, which changes the transcript. */
  async tellUpdated(ownerId: string, updated: UpdatedTranscript): Promise<void> {
    const type = 'transcript.updated';
    const webhooks = await this.webhooks.listEnabled([ownerId]);
    const deliveries = webhooks
      .filter(({ events }) => events.includes(type))
      .map(({ id: webhookId }) => {
        const id = this.ids.next();
        const payload = transcriptPayload(id, updated, this.config.http.publicUrl ?? '');
        const target = { targetId: webhookId, webhookId, callbackUrl: null };
        return { ...target, id, ownerId, eventId: null, jobId: updated.jobId, type, payload } as const;
      });
    if (deliveries.length === 0) return;
    await this.deliveries.insert(deliveries);
    this.unitOfWork.afterCommit(() => {
      this.sender.wake();
    });
  }
}
