import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import type { JobEventView } from '../history/job-event.view.js';
import type { Job } from '../job.entity.js';
import { JobsRepository } from '../jobs.repository.js';
import { JobEventWritersRegistry } from '../outbox/job-event-writers.registry.js';
import { DeliveriesRepository, type NewDelivery } from './deliveries.repository.js';
import { jobPayload, webhookEventOf } from './webhook-payload.js';
import { WebhookSenderService } from './webhook-sender.service.js';
import type { Webhook } from './webhook.entity.js';
import { WebhooksRepository } from './webhooks.repository.js';

/** Writes down what is to be sent of the ends of jobs, in the transaction that marks these as told. */
@Injectable()
export class WebhookEventsWriter implements OnModuleInit {
  constructor(
    private readonly registry: JobEventWritersRegistry,
    private readonly jobs: JobsRepository,
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly sender: WebhookSenderService,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    this.registry.register((events) => this.write(events));
  }

  private async write(events: readonly JobEventView[]): Promise<void> {
    const ends = events.filter((event) => webhookEventOf(event) !== null);
    if (ends.length === 0) return;
    const jobs = await this.jobs.listByIds(ends.map(({ jobId }) => jobId));
    const webhooks = await this.webhooks.listEnabled([...new Set(jobs.map(({ ownerId }) => ownerId))]);
    const deliveries = ends.flatMap((event) => {
      const job = jobs.find(({ id }) => id === event.jobId);
      return job === undefined ? [] : this.deliveriesOf(event, job, webhooks);
    });
    if (deliveries.length === 0) return;
    await this.deliveries.insert(deliveries);
    this.unitOfWork.afterCommit(() => {
      this.sender.wake();
    });
  }

  private deliveriesOf(event: JobEventView, job: Job, webhooks: readonly Webhook[]): NewDelivery[] {
    const type = webhookEventOf(event);
    if (type === null) return [];
    const { ownerId, callbackUrl, requestId, traceparent } = job;
    const toWebhooks = webhooks
      .filter((webhook) => webhook.ownerId === ownerId && webhook.events.includes(type))
      .map(({ id }) => ({ targetId: id, webhookId: id, callbackUrl: null }));
    const toCallback = callbackUrl === null ? [] : [{ targetId: ownerId, webhookId: null, callbackUrl }];
    return [...toWebhooks, ...toCallback].map((target) => {
      const id = this.ids.next();
      const payload = jobPayload(id, event, job, this.config.http.publicUrl ?? '');
      return {
        ...target,
        id,
        ownerId,
        eventId: event.id,
        jobId: job.id,
        type,
        payload,
        requestId,
        traceparent,
      };
    });
  }
}
